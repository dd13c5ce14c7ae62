import { Level } from 'level';
import type { Target } from '../load/target';
import { COMMAND_BYTES } from '../load/writes';

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * What the disk and LevelDB alone would give: one synced batch at a time, and whatever comes meanwhile forms the next.
 * Keys grow, as those of a log do. The way in is the cheapest that `level` has for small entries, a chained batch.
 */
export async function openRawLevel(folder: string): Promise<Target> {
  const options = {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
    compression: false,
    writeBufferSize: 8 << 20,
  } as const;
  const database = new Level<Buffer, Buffer>(folder, options);
  await database.open();
  const commit = new GroupCommit(database);
  return {
    name: 'raw LevelDB',
    pids: [process.pid],
    write: () => commit.put(),
    stop: () => database.close(),
  };
}

class GroupCommit {
  private readonly entry = Buffer.alloc(COMMAND_BYTES, 'v');
  private waiting: Waiting[] = [];
  private writing = false;
  private next = 0;

  constructor(private readonly database: Level<Buffer, Buffer>) {}

  put(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      if (!this.writing) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.writing = true;
    // Everything that is asked for in the same turn of the event loop belongs into the first batch.
    await new Promise(setImmediate);
    while (this.waiting.length > 0) await this.commit(this.waiting.splice(0));
    this.writing = false;
  }

  private async commit(group: readonly Waiting[]): Promise<void> {
    const batch = this.database.batch();
    for (let n = 0; n < group.length; n++) batch.put(this.nextKey(), this.entry);
    try {
      await batch.write({ sync: true });
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    // Those who were answered put their next entry before the next batch is cut.
    await new Promise(setImmediate);
  }

  private nextKey(): Buffer {
    const key = Buffer.allocUnsafe(8);
    key.writeBigUInt64BE(BigInt(this.next++));
    return key;
  }
}
