import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@tribune/platform';
import { serverId } from './server-id';

describe('the identity of a server', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'tribune-id-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const random = seededRandom(7);

  it('is the one given', async () => {
    expect(await serverId('given', folder, random)).toBe('given');
  });

  it('is made once and kept with the data', async () => {
    const first = await serverId('', join(folder, 'new'), random);
    expect(await serverId('', join(folder, 'new'), random)).toBe(first);
    expect(first).toMatch(/^[0-9a-f]{8}-/);
  });

  it('is another one for another folder, and for none', async () => {
    const ids = await Promise.all([serverId('', folder, random), serverId('', join(folder, 'b'), random)]);
    expect(new Set([...ids, await serverId('', undefined, random), await serverId('', undefined, random)]).size).toBe(
      4,
    );
  });

  it('is not guessed when the file cannot be read', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(serverId('', join(folder, 'file'), random)).rejects.toThrow(/ENOTDIR|EEXIST/);
  });
});
