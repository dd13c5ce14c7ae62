/** What LevelDB alone would swallow: flipped bytes, lost batches, torn tails, failed writes (S1–S4, S6). */
import { cp, mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { seededRandom } from '@tribune/platform';
import { entriesOf, type Run, RunWriter } from '../src/storage/entry-run';
import { LevelBatch, LevelDatabase } from '../src/storage/level-database';
import { LevelLogStore } from '../src/storage/level-log-store';
import type { RestoredLog } from '../src/storage/log-store';
import { entries } from '../src/testing/log-store-compliance';

/** RAFT_FLIPS widens the search. */
const FLIPS = Number(process.env['RAFT_FLIPS'] ?? 24);
const BATCHES = 30;
const BATCH = 5;
const LAST = BATCHES * BATCH;
const hardState = { term: 4, votedFor: 'b' };

/** The same run with another version in its first record, sound otherwise. */
function ofVersion(version: number, { first, bytes }: Run): Run {
  const changed = Buffer.from(bytes);
  changed[0] = version;
  const data = changed.subarray(32, 32 + changed.readUInt32BE(20));
  changed.writeUInt32BE(crc32(data, crc32(changed.subarray(0, 28))), 28);
  return { first, bytes: changed };
}

describe('a damaged log', () => {
  let root: string;
  let scratch = 0;
  beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), 'raft-damage-'))));
  afterEach(() => rm(root, { recursive: true, force: true }));

  const store = (directory: string): LevelLogStore => new LevelLogStore({ directory, serverId: 'a' });
  const copyOf = async (directory: string): Promise<string> => {
    const copy = join(root, `copy-${++scratch}`);
    await cp(directory, copy, { recursive: true, filter: (path) => !path.endsWith('LOCK') });
    return copy;
  };
  /** A log of 150 acknowledged entries, as kill -9 leaves it. */
  const killedImage = async ({ compacted = false } = {}): Promise<string> => {
    const directory = join(root, 'original');
    const log = store(directory);
    await log.open();
    await log.append({ hardState, entries: [] });
    for (let i = 0; i < BATCHES; i++) await log.append({ entries: entries(i * BATCH + 1, (i + 1) * BATCH, 4) });
    if (compacted) await log.compact(20);
    const image = await copyOf(directory);
    await log.close();
    return image;
  };
  const flip = async (path: string, offset: number, bit: number): Promise<void> => {
    const file = await open(path, 'r+');
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, offset);
    byte[0]! ^= 1 << bit;
    await file.write(byte, 0, 1, offset);
    await file.close();
  };
  /** Either everything is there, or the loss is known and what is left is right. */
  const expectHonest = async (log: LevelLogStore, restored: RestoredLog): Promise<void> => {
    expect(restored.hardState).toEqual(hardState);
    if (restored.lastIndex < LAST) expect(restored.distrustedUpTo).toBe(LAST);
    else expect(restored).toMatchObject({ distrustedUpTo: undefined, lastIndex: LAST });
    const from = restored.base.index + 1;
    if (restored.lastIndex < from) return;
    expect(await log.read(from, restored.lastIndex, 1e9)).toEqual(entries(from, restored.lastIndex, 4));
  };

  it.each(['.log', '.ldb'])(
    'a flipped byte in a %s file is never silent, and the log can be refilled',
    async (suffix) => {
      const image = await killedImage({ compacted: suffix === '.ldb' });
      const random = seededRandom(7);
      let found = 0;
      for (let i = 0; i < FLIPS; i++) {
        const directory = await copyOf(image);
        const files = (await readdir(join(directory, 'log'))).filter((name) => name.endsWith(suffix));
        const path = join(directory, 'log', files[random.integer(files.length)]!);
        const { size } = await stat(path);
        if (size === 0) continue;
        await flip(path, random.integer(size), random.integer(8));
        const log = store(directory);
        const restored = await log.open();
        await expectHonest(log, restored);
        if (restored.distrustedUpTo !== undefined) {
          found++;
          await log.append({ entries: entries(restored.lastIndex + 1, LAST, 4) });
          await log.close();
          const healed = store(directory);
          await expectHonest(healed, await healed.open());
          await healed.close();
        } else {
          await log.close();
        }
        await rm(directory, { recursive: true });
      }
      expect(found).toBeGreaterThan(FLIPS / 20);
    },
    120_000,
  );

  it('a flip in the newest batch is noticed, though LevelDB would just drop it', async () => {
    const image = await killedImage();
    const [name] = (await readdir(join(image, 'log'))).filter((file) => file.endsWith('.log'));
    const path = join(image, 'log', name!);
    await flip(path, (await stat(path)).size - 20, 3);
    const log = store(image);
    expect(await log.open()).toMatchObject({ lastIndex: LAST - BATCH, distrustedUpTo: LAST, hardState });
    await log.close();
  });

  it('a torn tail of a batch that was never durable is dropped, at every length', async () => {
    const directory = join(root, 'torn');
    const log = store(directory);
    await log.open();
    await log.append({ hardState, entries: entries(1, 3, 4) });
    const [name] = (await readdir(join(directory, 'log'))).filter((file) => file.endsWith('.log'));
    const before = (await stat(join(directory, 'log', name!))).size;
    const head = await readFile(join(directory, 'head'));
    await log.append({ entries: entries(4, 6, 4) });
    const image = await copyOf(directory);
    await log.close();
    const after = (await stat(join(image, 'log', name!))).size;
    // Power loss: the second copy of the head was never written either.
    await writeFile(join(image, 'head'), head);
    for (let size = before; size < after; size++) {
      const torn = await copyOf(image);
      await truncate(join(torn, 'log', name!), size);
      const opened = store(torn);
      expect(await opened.open()).toMatchObject({ lastIndex: 3, distrustedUpTo: undefined, hardState });
      await opened.close();
      await rm(torn, { recursive: true });
    }
  });

  it('what lies behind the end without belonging there is dropped', async () => {
    const image = await killedImage();
    const database = await LevelDatabase.open(join(image, 'log'));
    const head = await database.head();
    const strays = database.batch();
    new RunWriter().write(entries(LAST + 2, LAST + 4, 4), 0, (run) => strays.put(run));
    await strays.write(head!);
    await database.close();
    const log = store(image);
    expect(await log.open()).toMatchObject({ lastIndex: LAST, hasTornTail: true, distrustedUpTo: undefined });
    await log.append({ entries: entries(LAST + 1, LAST + 1, 4) });
    await log.close();
    const reopened = store(image);
    expect(await reopened.open()).toMatchObject({ lastIndex: LAST + 1, hasTornTail: false });
    await reopened.close();
  });

  it('a log of the first version, one entry per value, is read and goes on', async () => {
    const image = await killedImage();
    const database = await LevelDatabase.open(join(image, 'log'));
    const head = await database.head();
    head![0] = 1;
    const old = database.batch();
    for await (const runs of database.runs(1)) {
      for (const run of runs) {
        let link = run.bytes.readUInt32BE(24);
        const split = new RunWriter();
        for (const { entry } of entriesOf(run, run.first)) link = split.write([entry], link, (one) => old.put(one));
      }
    }
    await old.write(head!);
    expect(await database.startsFrom(1)).toHaveLength(LAST);
    await database.close();
    await rm(join(image, 'head'));
    const log = store(image);
    await expectHonest(log, await log.open());
    await log.append({ entries: entries(LAST - 1, LAST, 4) });
    await log.compact(7);
    await log.close();
    const reopened = store(image);
    const restored = await reopened.open();
    expect(restored.base.index).toBe(7);
    await expectHonest(reopened, restored);
    await reopened.close();
  });

  it.each(['head', 'entry'])('what a later version wrote as its %s is refused and left alone', async (what) => {
    const image = await killedImage();
    const database = await LevelDatabase.open(join(image, 'log'));
    const head = await database.head();
    const changes = database.batch();
    if (what === 'head') head![0] = 99;
    else changes.put(ofVersion(99, (await database.runAt(LAST))!));
    await changes.write(head!);
    await database.close();
    const log = store(image);
    await expect(log.open()).rejects.toMatchObject({ code: 'RAFT_FORMAT_UNKNOWN' });
    await log.close();
    expect(await readdir(image)).not.toContain('log-damaged');
  });

  it('a LevelDB folder that vanished is a loss, not an empty log', async () => {
    const image = await killedImage();
    await rm(join(image, 'log'), { recursive: true });
    const log = store(image);
    expect(await log.open()).toMatchObject({ lastIndex: 0, distrustedUpTo: LAST, hardState });
    await log.close();
  });

  it('without term and vote the log refuses to open', async () => {
    const image = await killedImage();
    await rm(join(image, 'head'));
    for (const name of await readdir(join(image, 'log'))) {
      if (name === 'CURRENT') await writeFile(join(image, 'log', name), 'nonsense');
    }
    await expect(store(image).open()).rejects.toMatchObject({ code: 'RAFT_LOG_UNUSABLE' });
  });

  it('refuses a folder of another server', async () => {
    const image = await killedImage();
    const log = new LevelLogStore({ directory: image, serverId: 'z' });
    await expect(log.open()).rejects.toMatchObject({ code: 'RAFT_IDENTITY_MISMATCH' });
  });

  it('after one failed write nothing is written any more', async () => {
    const directory = join(root, 'poisoned');
    const log = store(directory);
    await log.open();
    await log.append({ entries: entries(1, 1) });
    const write = jest.spyOn(LevelBatch.prototype, 'write').mockRejectedValueOnce(new Error('input/output error'));
    await expect(log.append({ entries: entries(2, 2) })).rejects.toMatchObject({ code: 'RAFT_STORAGE_POISONED' });
    await expect(log.append({ entries: entries(2, 2) })).rejects.toMatchObject({ code: 'RAFT_STORAGE_POISONED' });
    expect(write).toHaveBeenCalledTimes(1);
    write.mockRestore();
    await log.close();
  });
});
