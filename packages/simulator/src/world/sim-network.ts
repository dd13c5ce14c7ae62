import type { Clock, Random } from '@tribune/platform';
import type { Message, PeerReceiver, PeerTransport, SnapshotHeader } from '@tribune/raft-core';
import type { MachineClock } from './machine-clock';

export interface NetworkFaults {
  readonly loss: number;
  readonly duplicate: number;
  readonly delayMsMax: number;
}

interface Plug {
  readonly clock: MachineClock;
  receiver?: PeerReceiver;
  /** Told when the process is gone. */
  readonly streams: Set<(reason: Error) => void>;
}

const SECOND_COPY_MS_MAX = 200;

/** Everybody's cables: loss, delay, duplication, reordering, and links cut in one direction. */
export class SimNetwork {
  faults: NetworkFaults;
  /** The troubles are over: nothing breaks any more. */
  isCalm = false;
  private readonly plugs = new Map<string, Plug>();
  private readonly cuts = new Set<string>();

  constructor(
    faults: NetworkFaults,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    this.faults = faults;
  }

  transportOf(id: string, clock: MachineClock): PeerTransport {
    const plug: Plug = { clock, streams: new Set() };
    this.plugs.set(id, plug);
    const isPlugged = (): boolean => this.plugs.get(id) === plug;
    return {
      start: async () => undefined,
      stop: async () => void (isPlugged() && this.plugs.delete(id)),
      attach: (receiver) => void (plug.receiver = receiver),
      send: (message) => isPlugged() && this.send(message),
      sendSnapshot: (header, chunks, signal) => this.sendSnapshot(header, chunks, signal),
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
    plug.clock.whenRunning(() => plug.receiver?.message(message));
  }

  private async sendSnapshot(
    header: SnapshotHeader,
    chunks: AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<void> {
    await new Promise<void>((resolve) => this.clock.setTimer(this.delayMs(), resolve));
    const file: Uint8Array[] = [];
    for await (const chunk of chunks) file.push(chunk);
    // A doubled one comes at the same time or later; the sender hears of the first alone.
    if (this.random.next() < this.faults.duplicate) {
      const again = (): void => void this.deliverSnapshot(header, file).catch(() => undefined);
      this.clock.setTimer(this.random.next() * SECOND_COPY_MS_MAX, again);
    }
    await this.deliverSnapshot(header, file, signal);
  }

  private async deliverSnapshot(
    header: SnapshotHeader,
    file: readonly Uint8Array[],
    signal?: AbortSignal,
  ): Promise<void> {
    const plug = this.plugs.get(header.to);
    if (!plug?.receiver) throw new Error('nobody is there');
    const { receiver } = plug;
    await new Promise<void>((resolve, reject) => {
      plug.streams.add(reject);
      signal?.addEventListener('abort', () => reject(new Error('the stream took too long')));
      const arrived = receiver.snapshot(header, this.stream(header, file));
      arrived.then(resolve, reject).finally(() => plug.streams.delete(reject));
    });
  }

  /** May break off at each chunk, or with the process at either end. */
  private async *stream({ from, to }: SnapshotHeader, file: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
    const ends = [this.plugs.get(from), this.plugs.get(to)];
    for (const chunk of file) {
      await new Promise<void>((resolve) => this.clock.setTimer(this.delayMs(), resolve));
      const areThere = this.plugs.get(from) === ends[0] && this.plugs.get(to) === ends[1];
      if (!areThere || this.isCut(from, to) || this.random.next() < this.faults.loss) {
        throw new Error('the stream broke off');
      }
      yield chunk;
    }
  }

  private delayMs(): number {
    return this.random.next() * this.faults.delayMsMax;
  }
}
