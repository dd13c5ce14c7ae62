import type { Clock, Random } from '@tribune/platform';
import type { Message, PeerTransport } from '@tribune/raft-core';
import type { MachineClock } from './machine-clock';
import { SnapshotStreams, type Plug, type Wires } from './snapshot-streams';

export interface NetworkFaults {
  readonly loss: number;
  readonly duplicate: number;
  readonly delayMsMax: number;
}

interface NetworkPlug extends Plug {
  readonly clock: MachineClock;
}

/** Everybody's cables: loss, delay, duplication, reordering, and links cut in one direction. */
export class SimNetwork implements Wires {
  faults: NetworkFaults;
  /** The troubles are over: nothing breaks any more. */
  isCalm = false;
  /** Gives back what is to be done once the message was taken in. */
  beforeDelivery: (message: Message) => (() => void) | undefined = () => undefined;
  readonly snapshots: SnapshotStreams;
  private readonly plugs = new Map<string, NetworkPlug>();
  private readonly cuts = new Set<string>();

  constructor(
    faults: NetworkFaults,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    this.faults = faults;
    this.snapshots = new SnapshotStreams(this, clock, random);
  }

  plugOf(id: string): Plug | undefined {
    return this.plugs.get(id);
  }

  transportOf(id: string, clock: MachineClock): PeerTransport {
    const plug: NetworkPlug = { clock, streams: new Set() };
    this.plugs.set(id, plug);
    const isPlugged = (): boolean => this.plugs.get(id) === plug;
    return {
      start: async () => undefined,
      stop: async () => void (isPlugged() && this.plugs.delete(id)),
      attach: (receiver) => void (plug.receiver = receiver),
      send: (message) => isPlugged() && this.send(message),
      sendSnapshot: (header, chunks, signal) => this.snapshots.send(header, chunks, signal),
      setPeers: () => undefined,
    };
  }

  /** The process is gone: some of its peers notice at once, by their broken connections. */
  unplug(id: string): void {
    for (const breakOff of this.plugs.get(id)?.streams ?? []) breakOff(new Error('the connection closed'));
    this.plugs.delete(id);
    this.resetConnections(id);
  }

  /** Most of its peers see their connection with it end; it may live on all the same. */
  resetConnections(id: string): void {
    for (const [other, plug] of this.plugs) {
      if (other !== id && this.random.next() < 0.7)
        plug.clock.trueTimer(this.delayMs(), () => plug.receiver?.peerClosed(id));
    }
  }

  cut(from: string, to: string): void {
    this.cuts.add(`${from}>${to}`);
  }

  isCut(from: string, to: string): boolean {
    return this.cuts.has(`${from}>${to}`);
  }

  healAll(): void {
    this.cuts.clear();
  }

  private send(message: Message): void {
    const copies = this.random.next() < this.faults.duplicate ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      if (this.random.next() >= this.faults.loss) this.clock.setTimer(this.delayMs(), () => this.deliver(message));
    }
  }

  /** What comes to a process that stands still waits in its socket. */
  private deliver(message: Message): void {
    const plug = this.plugs.get(message.to);
    if (!plug || this.isCut(message.from, message.to)) return;
    plug.clock.whenRunning(() => {
      const afterwards = this.beforeDelivery(message);
      plug.receiver?.message(message);
      afterwards?.();
    });
  }

  delayMs(): number {
    return this.random.next() * this.faults.delayMsMax;
  }
}
