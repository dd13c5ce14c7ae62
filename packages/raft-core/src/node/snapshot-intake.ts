import { createHash } from 'node:crypto';
import type { Clock, Timer } from '@tribune/platform';
import type { SnapshotMeta } from '../core/message';
import type { SnapshotStore } from '../storage/snapshot-store';
import type { SnapshotHeader, SnapshotProgress } from '../transport/peer-transport';
import { Handoff } from './handoff';

/** What nobody goes on with for so long is thrown away. */
const KEPT_MS = 60_000;

/**
 * A snapshot on its way in. Its file grows while streams come and go: one that breaks off leaves behind what it brought
 * whole and checked, and the next one goes on there, if it brings the rest of the same. Nothing counts as a snapshot
 * before its last chunk is here and durable.
 */
class Incoming {
  private readonly hash = createHash('sha256');
  private readonly handoff = new Handoff();
  private readonly saved: Promise<unknown>;
  /** How many are here whole. */
  chunks = 0;
  private bytes = 0;
  /** The store gave up: nothing goes on here. */
  hasFailed = false;

  constructor(
    readonly meta: SnapshotMeta,
    store: SnapshotStore,
  ) {
    this.saved = store.save(meta, this.handoff);
    // Whoever brings the next chunk hears of it.
    this.saved.catch((error: Error) => {
      this.hasFailed = true;
      this.handoff.fail(error);
    });
  }

  get progress(): SnapshotProgress {
    return { chunks: this.chunks, bytes: this.bytes, sha256: this.hash.copy().digest() };
  }

  async take(chunk: Uint8Array): Promise<void> {
    await this.handoff.give(chunk);
    this.hash.update(chunk);
    this.chunks++;
    this.bytes += chunk.byteLength;
  }

  async finish(): Promise<void> {
    this.handoff.end();
    await this.saved;
  }

  /** Leaves nothing behind. */
  async discard(reason: string): Promise<void> {
    this.handoff.fail(new Error(reason));
    await this.saved.catch(() => undefined);
  }
}

/** Takes snapshots in, one at a time. */
export class SnapshotIntake {
  private incoming: Incoming | undefined;
  /** A stream is bringing chunks. */
  isReceiving = false;
  private forgetting: Timer | undefined;

  constructor(
    private readonly store: SnapshotStore,
    private readonly clock: Clock,
  ) {}

  /** What is here of this snapshot from a stream that broke off. */
  progress({ meta }: SnapshotHeader): SnapshotProgress | undefined {
    return this.incoming && isSame(this.incoming.meta, meta) ? this.incoming.progress : undefined;
  }

  /** Durable when it resolves. A second sender is told to try again. */
  async receive(header: SnapshotHeader, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    if (this.isReceiving) throw new Error('another snapshot is arriving');
    this.isReceiving = true;
    this.forgetting?.cancel();
    try {
      const incoming = await this.continued(header);
      for await (const chunk of chunks) await incoming.take(chunk);
      this.incoming = undefined;
      await incoming.finish();
    } finally {
      this.isReceiving = false;
      if (this.incoming?.hasFailed) this.incoming = undefined;
      this.forgetting = this.incoming && this.clock.setTimer(KEPT_MS, () => void this.stop());
    }
  }

  /** Throws away what is half here. */
  async stop(): Promise<void> {
    this.forgetting?.cancel();
    const { incoming } = this;
    this.incoming = undefined;
    await incoming?.discard('nobody sends the rest of the snapshot');
  }

  /** The one that is under way, when this is its rest; else a new one in its place. */
  private async continued({ meta, skipped }: SnapshotHeader): Promise<Incoming> {
    if (skipped) {
      const { incoming } = this;
      if (!incoming || !isSame(incoming.meta, meta) || incoming.chunks !== skipped.chunks)
        throw new Error('this is the rest of a snapshot that is not here');
      return incoming;
    }
    await this.stop();
    this.incoming = new Incoming(meta, this.store);
    return this.incoming;
  }
}

const isSame = (a: SnapshotMeta, b: SnapshotMeta): boolean => a.index === b.index && a.term === b.term;
