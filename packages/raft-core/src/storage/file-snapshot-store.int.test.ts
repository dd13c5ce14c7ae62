import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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
