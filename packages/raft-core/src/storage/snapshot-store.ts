import type { SnapshotMeta } from '../core/message';

export type ByteChunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** A snapshot that is complete, checked and durable. */
export interface StoredSnapshot {
  readonly meta: SnapshotMeta;
  readonly bytes: number;
  /** Verifies as it reads; throws `SNAPSHOT_CORRUPT` rather than yield a wrong byte. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** Snapshot files (S7). Keeps the newest two. */
export interface SnapshotStore {
  /** Removes leftovers and returns the newest snapshot whose checksum holds. */
  open(): Promise<StoredSnapshot | undefined>;
  /** Resolves when file and directory are synced; leaves nothing behind when `chunks` throws. */
  save(meta: SnapshotMeta, chunks: ByteChunks): Promise<StoredSnapshot>;
  latest(): StoredSnapshot | undefined;
}
