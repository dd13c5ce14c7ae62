import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LevelLogStore } from '../src/storage/level-log-store';
import { logStoreCompliance } from '../src/testing/log-store-compliance';
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
