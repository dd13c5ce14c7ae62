/** LevelDB as the log uses it: runs of entries by index and one head, every write synced. Knows keys, not meanings. */
import { rm } from 'node:fs/promises';
import { Level } from 'level';
import type { LogIndex } from '../core/message';
import type { Run } from './entry-run';
import { readSafeInteger, writeSafeInteger } from './log-record';

/** What `level` is under Node: its own types stop at what browsers can do as well. */
type Database = Level<Buffer, Buffer> & { compactRange(start: Buffer, end: Buffer): Promise<void> };
type Chained = ReturnType<Database['batch']>;
type Snapshot = ReturnType<Database['snapshot']>;

const HEAD_KEY = Buffer.from('h');
/** 'e' */
const ENTRY_PREFIX = 0x65;
const ENTRY_KEY_BYTES = 9;
/** Runs and bytes per step of a scan: a few milliseconds. */
const STEP = { runs: 512, bytes: 256 * 1024 };

/** Changes that become durable together, in this order. LevelDB copies what it is given at once. */
export class LevelBatch {
  // Chained, as a batch of objects costs three times as much per value.
  constructor(private readonly chained: Chained) {}

  put({ first, bytes }: Run): void {
    this.chained.put(entryKey(first), bytes);
  }

  remove(first: LogIndex): void {
    this.chained.del(entryKey(first));
  }

  write(head: Buffer): Promise<void> {
    return this.chained.put(HEAD_KEY, head).write({ sync: true });
  }
}

export class LevelDatabase {
  private constructor(private readonly database: Database) {}

  static async open(path: string, { discard = false } = {}): Promise<LevelDatabase> {
    if (discard) await rm(path, { recursive: true, force: true });
    // Entries are short-lived and mostly small: compressing them would only cost the disk thread time.
    const encodings = { keyEncoding: 'buffer', valueEncoding: 'buffer', compression: false } as const;
    const database = new Level<Buffer, Buffer>(path, { ...encodings, writeBufferSize: 8 * 1024 * 1024 });
    await database.open();
    return new LevelDatabase(database as Database);
  }

  head(): Promise<Buffer | undefined> {
    return this.database.get(HEAD_KEY);
  }

  /** The run that holds this entry, if any does; else the last one before it, or none. */
  async runAt(index: LogIndex): Promise<Run | undefined> {
    const [found] = await this.database.iterator(lastUpTo(index)).all();
    return found && runOf(found);
  }

  /** From the run that holds entry `from`, as far as entry `to`. */
  async *runs(from: LogIndex, to = Infinity): AsyncIterable<readonly Run[]> {
    // Taken before anything is awaited: what is compacted or cut off meanwhile stays readable.
    const snapshot = this.database.snapshot();
    try {
      yield* this.steps({ gte: entryKey(await this.startOf(from, snapshot)), lte: entryKey(to), snapshot });
    } finally {
      await snapshot.close();
    }
  }

  /** First indexes of the runs that begin at `from` or later. */
  async startsFrom(from: LogIndex): Promise<LogIndex[]> {
    const keys = await this.database.keys({ gte: entryKey(from), lte: entryKey(Infinity) }).all();
    return keys.map(indexOf);
  }

  async hasEntries(): Promise<boolean> {
    return (await this.database.keys({ gte: entryKey(0), lte: entryKey(Infinity), limit: 1 }).all()).length > 0;
  }

  batch(): LevelBatch {
    return new LevelBatch(this.database.batch());
  }

  /**
   * Removes the runs before the one that holds the entry after `index`; the newest run stays in any case. By LevelDB
   * itself, not key by key from here, and then compacted, so that the disk space really returns. Not synced: what a
   * crash brings back is removed when the log is opened.
   */
  async removeUpTo(index: LogIndex): Promise<void> {
    const range = { gte: entryKey(0), lt: entryKey(await this.startOf(index + 1)) };
    if ((await this.database.keys({ ...range, limit: 1 }).all()).length === 0) return;
    await this.database.clear(range);
    await this.database.compactRange(range.gte, range.lt);
  }

  close(): Promise<void> {
    return this.database.close();
  }

  private async *steps(range: { gte: Buffer; lte: Buffer; snapshot: Snapshot }): AsyncIterable<readonly Run[]> {
    const iterator = this.database.iterator({ ...range, highWaterMarkBytes: STEP.bytes });
    try {
      for (;;) {
        const batch = await iterator.nextv(STEP.runs);
        if (batch.length === 0) return;
        yield batch.map(runOf);
      }
    } finally {
      await iterator.close();
    }
  }

  /** Where the run that holds this entry begins: the last start that is not behind it. */
  private async startOf(index: LogIndex, snapshot?: Snapshot): Promise<LogIndex> {
    const [key] = await this.database.keys({ ...lastUpTo(index), snapshot }).all();
    return key ? indexOf(key) : index;
  }
}

/** Of the runs that begin no later than `index`, the last. */
const lastUpTo = (index: LogIndex) => ({ gte: entryKey(0), lte: entryKey(index), reverse: true, limit: 1 });
const indexOf = (key: Buffer): LogIndex => readSafeInteger(key, 1);
const runOf = ([key, bytes]: [Buffer, Buffer]): Run => ({ first: indexOf(key), bytes });

/** 'e' and the index, big-endian, so that keys sort as indexes do. Infinity is behind every index. */
function entryKey(index: LogIndex): Buffer {
  const key = Buffer.alloc(ENTRY_KEY_BYTES, 0xff);
  key[0] = ENTRY_PREFIX;
  if (index !== Infinity) writeSafeInteger(key, index, 1);
  return key;
}
