import { type FileHandle, mkdtemp, open as openFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@tribune/platform';
import type { SnapshotMeta } from '../core/message';
import { FileSnapshotStore } from './file-snapshot-store';

const meta = (index: number): SnapshotMeta => ({
  index,
  term: 2,
  configuration: { voters: [{ id: 'a', address: 'a:1' }], outgoing: [], learners: [] },
});
const chunks = (text: string): Uint8Array[] => [Buffer.from(text), new Uint8Array(0), Buffer.from('tail')];

describe('a folder of snapshots', () => {
  let folder: string;
  const open = (): FileSnapshotStore => new FileSnapshotStore(folder, silentLogger);
  const read = async (store: FileSnapshotStore): Promise<string> => {
    const parts: Uint8Array[] = [];
    for await (const chunk of store.latest()!.chunks()) parts.push(chunk);
    return Buffer.concat(parts).toString();
  };
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'raft-snapshots-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('gives back the newest after a restart, and keeps two', async () => {
    const store = open();
    expect(await store.open()).toBeUndefined();
    for (const index of [5, 10, 15]) await store.save(meta(index), chunks(`state at ${index} `));
    expect(await readdir(folder)).toHaveLength(2);
    const again = open();
    expect(await again.open()).toMatchObject({ meta: meta(15), bytes: 16 });
    expect(await read(again)).toBe('state at 15 tail');
  });

  it('an older snapshot that is saved late does not become the newest', async () => {
    const store = open();
    await store.open();
    await store.save(meta(10), chunks('new'));
    await store.save(meta(5), chunks('old'));
    expect(store.latest()).toMatchObject({ meta: { index: 10 } });
  });

  it('leaves nothing behind when the source fails', async () => {
    const store = open();
    await store.open();
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half');
      throw new Error('the stream broke off');
    };
    await expect(store.save(meta(5), failing())).rejects.toThrow('broke off');
    expect(await readdir(folder)).toEqual([]);
    expect(store.latest()).toBeUndefined();
  });

  describe('writes', () => {
    const text = (i: number): string => `${String(i).padStart(5, '0')} `.repeat(3_000);
    const texts = Array.from({ length: 200 }, (_, i) => text(i));
    const pieces = (): Uint8Array[] => texts.map((each) => Buffer.from(each));
    let handles: FileHandle;
    beforeEach(async () => {
      const handle = await openFile(join(folder, 'any'), 'w');
      handles = Object.getPrototypeOf(handle) as FileHandle;
      await handle.close();
      await rm(join(folder, 'any'));
    });
    afterEach(() => jest.restoreAllMocks());

    it('a MiB at once, however small the chunks are', async () => {
      const store = open();
      await store.open();
      const writev = jest.spyOn(handles, 'writev');
      const write = jest.spyOn(handles, 'write');
      await store.save(meta(5), pieces());
      // 200 chunks of 18 KiB: 3.4 MiB.
      expect(writev).toHaveBeenCalledTimes(4);
      expect(write).not.toHaveBeenCalled();
      expect(await read(store)).toBe(texts.join(''));
    });

    it('the rest of what was written in part', async () => {
      const store = open();
      await store.open();
      const { writev } = handles;
      jest.spyOn(handles, 'writev').mockImplementation(function (this: FileHandle, buffers) {
        return writev.call(this, buffers.slice(0, 3));
      });
      await store.save(meta(5), pieces());
      expect((await open().open())?.meta).toEqual(meta(5));
      expect(await read(store)).toBe(texts.join(''));
    });
  });

  it('every flipped byte and every cut is noticed, and the older snapshot is used', async () => {
    const store = open();
    await store.open();
    await store.save(meta(5), chunks('older '));
    await store.save(meta(10), chunks('newer '));
    const name = (await readdir(folder)).sort().at(-1)!;
    const sound = await readFile(join(folder, name));
    for (let at = 0; at < sound.byteLength; at += 3) {
      const flipped = Buffer.from(sound);
      flipped[at]! ^= 4;
      for (const damaged of [flipped, sound.subarray(0, at)]) {
        await writeFile(join(folder, name), damaged);
        const opened = open();
        expect((await opened.open())?.meta.index).toBe(5);
        expect(await read(opened)).toBe('older tail');
      }
    }
  });
});
