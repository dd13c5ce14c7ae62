/** LevelDB as the log uses it: entries by index and one head, every write synced. Knows keys, not meanings. */
import { rm } from 'node:fs/promises';
import { Level } from 'level';
import type { LogIndex } from '../core/message';
import { readSafeInteger, writeSafeInteger } from './log-record';
import type { RawRecord } from './log-scan';

/** What `level` is under Node: its own types stop at what browsers can do as well. */
type Database = Level<Buffer, Buffer> & { compactRange(start: Buffer, end: Buffer): Promise<void> };
type Chained = ReturnType<Database['batch']>;

const HEAD_KEY = Buffer.from('h');
/** 'e' */
const ENTRY_PREFIX = 0x65;
const ENTRY_KEY_BYTES = 9;
/** Entries per step of a scan: a few milliseconds. */
const STEP = 512;

/** Changes that become durable together, in this order. LevelDB copies what it is given at once. */
export class LevelBatch {
  /** One for all entries. */
  private readonly key = Buffer.alloc(ENTRY_KEY_BYTES);

  // Chained, as a batch of objects costs three times as much per entry.
  constructor(private readonly chained: Chained) {}

  put(index: LogIndex, record: Buffer): void {
    writeEntryKey(this.key, index);
    this.chained.put(this.key, record);
  }

  remove(from: LogIndex, to: LogIndex): void {
    for (let index = from; index <= to; index++) {
      writeEntryKey(this.key, index);
      this.chained.del(this.key);
    }
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

  record(index: LogIndex): Promise<Buffer | undefined> {
    return this.database.get(entryKey(index));
  }

  async *records(from: LogIndex, to = Infinity): AsyncIterable<readonly RawRecord[]> {
    const iterator = this.database.iterator({ gte: entryKey(from), lte: entryKey(to) });
    try {
      for (;;) {
        const batch = await iterator.nextv(STEP);
        if (batch.length === 0) return;
        yield batch.map(([key, value]) => [readSafeInteger(key, 1), value] as const);
      }
    } finally {
      await iterator.close();
    }
  }

  async hasRecords(): Promise<boolean> {
    return (await this.keys(0, Infinity, 1)).length > 0;
  }

  batch(): LevelBatch {
    return new LevelBatch(this.database.batch());
  }

  /**
   * By LevelDB itself, not key by key from here, and then compacted, so that the disk space really returns. Not synced:
   * what a crash brings back is removed when the log is opened.
   */
  async remove(from: LogIndex, to: LogIndex): Promise<void> {
    const range = { gte: entryKey(from), lte: entryKey(to) };
    if ((await this.keys(from, to, 1)).length === 0) return;
    await this.database.clear(range);
    await this.database.compactRange(range.gte, range.lte);
  }

  /** Entries from here on. */
  async countFrom(index: LogIndex): Promise<number> {
    return (await this.keys(index, Infinity, -1)).length;
  }

  close(): Promise<void> {
    return this.database.close();
  }

  private keys(from: LogIndex, to: LogIndex, limit: number): Promise<Buffer[]> {
    return this.database.keys({ gte: entryKey(from), lte: entryKey(to), limit }).all();
  }
}

/** 'e' and the index, big-endian, so that keys sort as indexes do. Infinity is behind every index. */
function entryKey(index: LogIndex): Buffer {
  const key = Buffer.alloc(ENTRY_KEY_BYTES, 0xff);
  if (index === Infinity) key[0] = ENTRY_PREFIX;
  else writeEntryKey(key, index);
  return key;
}

function writeEntryKey(key: Buffer, index: LogIndex): void {
  key[0] = ENTRY_PREFIX;
  writeSafeInteger(key, index, 1);
}
