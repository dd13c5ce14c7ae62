import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BallastFile } from './ballast';

describe('a ballast file', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'raft-ballast-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('takes real space, is found again after a restart, and goes at once', async () => {
    const path = join(folder, 'new', 'ballast');
    const bytes = 3 * 1024 * 1024 + 5;
    const ballast = new BallastFile(path, bytes);
    await ballast.open();
    expect(ballast.heldBytes).toBe(0);
    await ballast.fill();
    const { size, blocks } = await stat(path);
    expect([size, blocks * 512 >= bytes]).toEqual([bytes, true]);
    const again = new BallastFile(path, bytes);
    await again.open();
    expect(again.heldBytes).toBe(bytes);
    await again.release();
    expect(again.heldBytes).toBe(0);
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('goes on where an interrupted filling ended', async () => {
    const path = join(folder, 'ballast');
    await new BallastFile(path, 1000).fill();
    const ballast = new BallastFile(path, 300_000);
    await ballast.open();
    await ballast.fill();
    expect((await stat(path)).size).toBe(300_000);
  });
});
