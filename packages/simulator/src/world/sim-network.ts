import type { Clock, Random } from '@tribune/platform';
import type { Message, PeerReceiver, PeerTransport, SnapshotHeader } from '@tribune/raft-core';

export interface NetworkFaults {
  readonly loss: number;
  readonly duplicate: number;
  readonly delayMsMax: number;
}

/** Everybody's cables: loss, delay, duplication, reordering, and links cut in one direction. */
export class SimNetwork {
  faults: NetworkFaults;
  private readonly receivers = new Map<string, PeerReceiver>();
  private readonly cuts = new Set<string>();

  constructor(
    faults: NetworkFaults,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    this.faults = faults;
  }

  transportOf(id: string): PeerTransport {
    return {
      start: async () => undefined,
      stop: async () => void this.receivers.delete(id),
      attach: (receiver) => void this.receivers.set(id, receiver),
      send: (message) => this.send(message),
      sendSnapshot: (header, chunks) => this.sendSnapshot(header, chunks),
      setPeers: () => undefined,
    };
  }

  /** The process is gone: some of its peers notice at once, by their broken connections. */
  unplug(id: string): void {
    this.receivers.delete(id);
    for (const [other, receiver] of this.receivers) {
      if (this.random.next() < 0.7) this.later(() => this.receivers.get(other) === receiver && receiver.peerClosed(id));
    }
  }

  cut(from: string, to: string): void {
    this.cuts.add(`${from}>${to}`);
  }

  healAll(): void {
    this.cuts.clear();
  }

  private send(message: Message): void {
    const copies = this.random.next() < this.faults.duplicate ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      if (this.random.next() >= this.faults.loss) this.later(() => this.deliver(message));
    }
  }

  private deliver(message: Message): void {
    if (!this.isCut(message.from, message.to)) this.receivers.get(message.to)?.message(message);
  }

  private async sendSnapshot(header: SnapshotHeader, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    await new Promise<void>((resolve) => this.later(resolve));
    const receiver = this.receivers.get(header.to);
    if (!receiver || this.isCut(header.from, header.to) || this.random.next() < this.faults.loss) {
      throw new Error('the stream broke off');
    }
    await receiver.snapshot(header, chunks);
  }

  private isCut(from: string, to: string): boolean {
    return this.cuts.has(`${from}>${to}`);
  }

  private later(act: () => void): void {
    this.clock.setTimer(this.random.next() * this.faults.delayMsMax, act);
  }
}
