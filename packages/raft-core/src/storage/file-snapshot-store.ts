import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@tribune/platform';
import type { SnapshotMeta } from '../core/message';
import { syncDirectory } from './durable-file';
import { sequentialReader } from './file-reader';
import { decodeChunks, decodeHeader, encodeSnapshot } from './snapshot-format';
import type { ByteChunks, SnapshotStore, StoredSnapshot } from './snapshot-store';

const KEPT = 2;
const SUFFIX = '.snapshot';
/** Fixed width, so that names sort by age. */
const DIGITS = 16;
/** Written to the disk at once: what waits for a sync of the log waits for no more than this. */
const SYNC_STEP_BYTES = 8 * 1024 * 1024;
/**
 * Chunks of a few KiB are written together. Each write is handed to the threads that also write the log, and handing over
 * can hold the event loop: up to glibc 2.40 `pthread_cond_signal` waits for a thread that was woken before and has no
 * processor yet. A snapshot of 1,000,000 keys in 4,000 writes did so for up to 156 ms on a busy machine.
 */
const WRITE_BYTES = 1024 * 1024;

/** One folder, one file per snapshot: written aside, synced, renamed, and the folder synced (S7, R19). */
export class FileSnapshotStore implements SnapshotStore {
  private newest: StoredSnapshot | undefined;
  private saves = 0;

  constructor(
    private readonly directory: string,
    private readonly logger: Logger,
  ) {}

  async open(): Promise<StoredSnapshot | undefined> {
    await mkdir(this.directory, { recursive: true });
    const names = (await readdir(this.directory)).sort().reverse();
    for (const name of names.filter((name) => name.endsWith('.tmp')))
      await rm(join(this.directory, name), { force: true });
    for (const name of names.filter((name) => name.endsWith(SUFFIX))) {
      this.newest = await this.verified(join(this.directory, name));
      if (this.newest) break;
    }
    return this.newest;
  }

  latest(): StoredSnapshot | undefined {
    return this.newest;
  }

  async save(meta: SnapshotMeta, chunks: ByteChunks): Promise<StoredSnapshot> {
    const digits = (value: number): string => String(value).padStart(DIGITS, '0');
    const path = join(this.directory, `${digits(meta.index)}-${digits(meta.term)}${SUFFIX}`);
    const temporary = `${path}.${++this.saves}.tmp`;
    // Before and not after, so that there are never three on the disk.
    await this.prune(KEPT - 1);
    try {
      const bytes = await writeSynced(temporary, meta, chunks);
      await rename(temporary, path);
      await syncDirectory(this.directory);
      const stored = storedSnapshot(path, meta, bytes);
      if (!this.newest || this.newest.meta.index <= meta.index) this.newest = stored;
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await this.prune(KEPT);
    return this.newest!;
  }

  /** Reads it from end to end once; a snapshot that does not hold what it says is put aside. */
  private async verified(path: string): Promise<StoredSnapshot | undefined> {
    try {
      const { meta, bytes } = await readThrough(path);
      return storedSnapshot(path, meta, bytes);
    } catch (error) {
      this.logger.error('a snapshot is damaged and was put aside', { path, error });
      await rename(path, `${path}.damaged`);
      return undefined;
    }
  }

  private async prune(kept: number): Promise<void> {
    const names = (await readdir(this.directory)).filter((name) => name.endsWith(SUFFIX)).sort();
    for (const name of names.slice(0, -kept)) await rm(join(this.directory, name), { force: true });
  }
}

function storedSnapshot(path: string, meta: SnapshotMeta, bytes: number): StoredSnapshot {
  return { meta, bytes, chunks: () => readChunks(path) };
}

async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const take = sequentialReader(file);
    await decodeHeader(path, take);
    yield* decodeChunks(path, take);
  } finally {
    await file.close();
  }
}

async function readThrough(path: string): Promise<{ meta: SnapshotMeta; bytes: number }> {
  const file = await open(path, 'r');
  try {
    const take = sequentialReader(file);
    const meta = await decodeHeader(path, take);
    const chunks = decodeChunks(path, take);
    let next = await chunks.next();
    while (!next.done) next = await chunks.next();
    return { meta, bytes: next.value };
  } finally {
    await file.close();
  }
}

async function writeSynced(path: string, meta: SnapshotMeta, chunks: ByteChunks): Promise<number> {
  const file = await open(path, 'w');
  let bytes = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      bytes += chunk.byteLength;
      yield chunk;
    }
  };
  try {
    let unsynced = 0;
    for await (const pieces of together(encodeSnapshot(meta, counted()))) {
      unsynced += await writeAll(file, pieces);
      if (unsynced < SYNC_STEP_BYTES) continue;
      await file.datasync();
      unsynced = 0;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return bytes;
}

/** In groups of {@link WRITE_BYTES} or a little more. */
async function* together(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Uint8Array[]> {
  let group: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    group.push(piece);
    bytes += piece.byteLength;
    if (bytes < WRITE_BYTES) continue;
    yield group;
    group = [];
    bytes = 0;
  }
  if (group.length > 0) yield group;
}

/** A write of several pieces may stop short; who writes the rest hears why. */
async function writeAll(file: FileHandle, pieces: readonly Uint8Array[]): Promise<number> {
  const bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  const { bytesWritten } = await file.writev(pieces);
  if (bytesWritten < bytes) await file.appendFile(Buffer.concat(pieces).subarray(bytesWritten));
  return bytes;
}
