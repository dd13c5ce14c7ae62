import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@tribune/platform';
import type { Entry } from '../src/core/message';
import { LevelDatabase } from '../src/storage/level-database';
import { LevelLogStore } from '../src/storage/level-log-store';
import type { LogStore } from '../src/storage/log-store';
import { entries, entry, logStoreCompliance } from '../src/testing/log-store-compliance';
import { MemoryDisk, MemoryLogStore } from '../src/testing/memory-log-store';

logStoreCompliance('MemoryLogStore', async () => {
  const disk = new MemoryDisk();
  return { open: () => new MemoryLogStore(disk), destroy: async () => undefined };
});

logStoreCompliance('LevelLogStore', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'raft-log-'));
  return {
    open: () => new LevelLogStore({ directory, serverId: 'a' }),
    destroy: () => rm(directory, { recursive: true, force: true }),
  };
});

describe('LevelDB and memory hold the same log', () => {
  let directory: string;
  beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), 'raft-logs-'))));
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const plain = (entries: readonly Entry[]): Entry[] =>
    entries.map((entry) => ({ ...entry, data: Uint8Array.from(entry.data) }));

  it.each(Array.from({ length: 8 }, (_, seed) => seed))('whatever is done to it (seed %d)', async (seed) => {
    const random = seededRandom(seed);
    const disk = new MemoryDisk();
    let stores: LogStore[] = [];
    const open = async (): Promise<unknown[]> => {
      stores = [new LevelLogStore({ directory, serverId: 'a' }), new MemoryLogStore(disk)];
      return Promise.all(stores.map((store) => store.open()));
    };
    const both = (work: (store: LogStore) => Promise<unknown>): Promise<unknown[]> => Promise.all(stores.map(work));
    const expectAlike = ([level, memory]: unknown[]): void => expect(level).toEqual(memory);
    const read = async (): Promise<void> => {
      const base = disk.base.index;
      const length = disk.entries.length;
      if (length === 0) return;
      const from = base + 1 + random.integer(length);
      const to = from + random.integer(base + length + 1 - from);
      expectAlike(await both(async (store) => plain(await store.read(from, to, 1e9))));
    };
    let term = 1;
    const append = async (): Promise<void> => {
      const { base, entries } = disk;
      const end = base.index + entries.length;
      const isReplaced = random.integer(4) === 0 && entries.length > 0;
      const first = isReplaced ? base.index + 1 + random.integer(entries.length) : end + 1;
      if (isReplaced) term++;
      const text = (): string => 'x'.repeat(random.integer(10) === 0 ? random.integer(90_000) : random.integer(200));
      const count = 1 + random.integer(12);
      const added = Array.from({ length: count }, (_, i) => entry({ index: first + i, term, text: text() }));
      await both((store) => store.append({ entries: added }));
    };
    const compact = async (): Promise<void> => {
      if (disk.entries.length === 0) return;
      const index = disk.base.index + 1 + random.integer(disk.entries.length);
      await both((store) => store.compact(index));
    };
    const reset = async (): Promise<void> => {
      const index = disk.base.index + 1 + random.integer(disk.entries.length + 5);
      const next = [entry({ index: index + 1, term }), entry({ index: index + 2, term })];
      const entries = random.integer(2) === 0 ? next : [];
      await both((store) => store.append({ reset: { index, term }, entries }));
    };
    const reopen = async (): Promise<void> => {
      await both((store) => store.close());
      expectAlike(await open());
    };
    await open();
    const steps = [append, append, append, append, read, read, compact, reopen];
    for (let step = 0; step < 80; step++) await (random.integer(30) === 0 ? reset : steps[random.integer(8)]!)();
    await reopen();
    await both((store) => store.close());
  });
});

describe('a log in LevelDB that changes while it is read', () => {
  /** The lookup of the first run, which others may overtake. */
  const lookup = LevelDatabase.prototype as unknown as { startOf(index: number, ...rest: unknown[]): Promise<number> };
  let directory: string;
  beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), 'raft-race-'))));
  afterEach(() => rm(directory, { recursive: true, force: true }));
  afterEach(() => jest.restoreAllMocks());

  it.each([
    ['compacted', 10, (log: LogStore) => log.compact(50)],
    ['cut off', 90, (log: LogStore) => log.append({ entries: entries(60, 61, 2) })],
  ])('gives what was there when the read began: %s', async (_what, from, change) => {
    const log = new LevelLogStore({ directory, serverId: 'a' });
    await log.open();
    for (let i = 0; i < 20; i++) await log.append({ entries: entries(i * 5 + 1, i * 5 + 5) });
    const { startOf } = lookup;
    let changed: Promise<void> | undefined;
    jest.spyOn(lookup, 'startOf').mockImplementationOnce(async function (this: unknown, ...args) {
      const found = await startOf.apply(this as typeof lookup, args);
      await changed;
      return found;
    });
    const reading = log.read(from, from + 5, 1e9);
    await (changed = change(log));
    expect(await reading).toEqual(entries(from, from + 5));
    await log.close();
  });
});
