import type { Clock, Random } from '@tribune/platform';
import type { PeerReceiver, SnapshotHeader } from '@tribune/raft-core';
import { chunksFromWire, partsToWire, type WireSnapshotPart } from '@tribune/raft-core/testing';

/** One run of a process, as far as others can reach it. */
export interface Plug {
  receiver?: PeerReceiver;
  /** Told when the process is gone. */
  readonly streams: Set<(reason: Error) => void>;
}

export interface Wires {
  plugOf(id: string): Plug | undefined;
  isCut(from: string, to: string): boolean;
  delayMs(): number;
  readonly faults: { readonly loss: number; readonly duplicate: number };
}

const SECOND_COPY_MS_MAX = 200;

/**
 * Snapshots on their way, in the parts that production sends and with its checks at the other end: what arrived of one
 * that broke off is asked for and left out. A stream may break off at each part, or with the process at either end.
 */
export class SnapshotStreams {
  /** A chunk is about to leave: gives how often it comes. */
  beforeChunk: (header: SnapshotHeader, number: number) => number = () => 1;
  /** Streams that left out what had arrived before. */
  resumed = 0;

  constructor(
    private readonly wires: Wires,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  async send(header: SnapshotHeader, chunks: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void> {
    await this.pause();
    const arrived = this.reach(header).receiver?.snapshotProgress?.(header);
    await this.pause();
    const parts: WireSnapshotPart[] = [];
    for await (const part of partsToWire(header, chunks, arrived)) parts.push(part);
    if (parts[0]!.header!.skipped) this.resumed++;
    // A doubled one comes at the same time or later; the sender hears of the first alone.
    if (this.random.next() < this.wires.faults.duplicate) {
      const again = (): void => void this.deliver(header, parts).catch(() => undefined);
      this.clock.setTimer(this.random.next() * SECOND_COPY_MS_MAX, again);
    }
    await this.deliver(header, parts, signal);
  }

  private async deliver(
    header: SnapshotHeader,
    [first, ...rest]: readonly WireSnapshotPart[],
    signal?: AbortSignal,
  ): Promise<void> {
    const plug = this.reach(header);
    const receiver = plug.receiver!;
    const skipped = skippedOf(receiver, header, first!.header!.skipped ?? 0);
    await new Promise<void>((resolve, reject) => {
      plug.streams.add(reject);
      signal?.addEventListener('abort', () => reject(new Error('the stream took too long')));
      const parts = this.stream(header, rest);
      const arrived = receiver.snapshot({ ...header, skipped }, chunksFromWire(parts, skipped));
      arrived.then(resolve, reject).finally(() => plug.streams.delete(reject));
    });
  }

  private async *stream(header: SnapshotHeader, parts: readonly WireSnapshotPart[]): AsyncGenerator<WireSnapshotPart> {
    const { wires } = this;
    const { from, to } = header;
    const ends = [wires.plugOf(from), wires.plugOf(to)];
    for (const part of parts) {
      const copies = part.chunk ? this.beforeChunk(header, part.chunk.number) : 1;
      await this.pause();
      const areThere = wires.plugOf(from) === ends[0] && wires.plugOf(to) === ends[1];
      if (!areThere || wires.isCut(from, to) || this.random.next() < wires.faults.loss) {
        throw new Error('the stream broke off');
      }
      for (let i = 0; i < copies; i++) yield part;
    }
  }

  private reach({ from, to }: SnapshotHeader): Plug {
    const plug = this.wires.plugOf(to);
    if (!plug?.receiver || this.wires.isCut(from, to)) throw new Error('nobody is there');
    return plug;
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => this.clock.setTimer(this.wires.delayMs(), resolve));
  }
}

/** As in production: what the sender was told may have changed since. */
function skippedOf(receiver: PeerReceiver, header: SnapshotHeader, chunks: number): SnapshotHeader['skipped'] {
  if (chunks === 0) return undefined;
  const progress = receiver.snapshotProgress?.(header);
  if (progress?.chunks !== chunks) throw new Error('what the sender leaves out is not here any more');
  return progress;
}
