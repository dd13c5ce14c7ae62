import { Level } from 'level';
import type { Target } from '../load/target';
import { writeOf, type Write } from '../load/writes';

interface Waiting {
  readonly write: Write;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * What the disk and LevelDB alone would give: one synced batch at a time, and whatever comes meanwhile forms the next.
 * Keys and values are those that all targets write. The way in is the cheapest that `level` has for small entries, a
 * chained batch; LevelDB's own settings are those of Tribune's log.
 */
export async function openRawLevel(folder: string): Promise<Target> {
  const options = {
    keyEncoding: 'utf8',
    valueEncoding: 'view',
    compression: false,
    writeBufferSize: 8 << 20,
  } as const;
  const database = new Level<string, Uint8Array>(folder, options);
  await database.open();
  const commit = new GroupCommit(database);
  return {
    name: 'raw LevelDB',
    pids: [process.pid],
    write: (n) => commit.put(writeOf(n)),
    stop: () => database.close(),
  };
}

class GroupCommit {
  private waiting: Waiting[] = [];
  private writing = false;

  constructor(private readonly database: Level<string, Uint8Array>) {}

  put(write: Write): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ write, resolve, reject });
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
    for (const { write } of group) batch.put(write.key, write.value);
    try {
      await batch.write({ sync: true });
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    // Those who were answered put their next entry before the next batch is cut.
    await new Promise(setImmediate);
  }
}
