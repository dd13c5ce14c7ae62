import type { SnapshotMeta } from '../core/message';
import type { ByteChunks, SnapshotStore, StoredSnapshot } from '../storage/snapshot-store';

/** Snapshots in memory; the same object given to the next node is the disk that survived. */
export class MemorySnapshotStore implements SnapshotStore {
  private newest: StoredSnapshot | undefined;

  async open(): Promise<StoredSnapshot | undefined> {
    return this.newest;
  }

  latest(): StoredSnapshot | undefined {
    return this.newest;
  }

  async save(meta: SnapshotMeta, chunks: ByteChunks): Promise<StoredSnapshot> {
    const kept: Uint8Array[] = [];
    for await (const chunk of chunks) kept.push(Uint8Array.from(chunk));
    const bytes = kept.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    const stored = { meta, bytes, chunks: () => iterate(kept) };
    if (!this.newest || this.newest.meta.index <= meta.index) this.newest = stored;
    return this.newest;
  }
}

async function* iterate(chunks: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* chunks;
}
