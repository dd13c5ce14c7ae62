import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock, systemRandom } from '@tribune/platform';
import { connectState } from '@tribune/protocol';
import { startLocalServer } from '../clusters/local-server';
import { openRawLevel } from '../clusters/raw-level';
import { checkPut, putOnState } from '../clusters/state-target';
import { runProposers, type Load } from './proposers';
import type { Target } from './target';

/** Ends with the last of 200 writes, however long that takes. */
const LOAD: Load = { proposers: 16, warmUpMs: 0, measuredMs: 600_000, writesMax: 200 };

describe('the load generator', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'tribune-bench-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('puts every write through a single server, by direct call and over gRPC', async () => {
    const server = await startLocalServer(folder);
    const ports = { clock: systemClock, random: systemRandom, logger: silentLogger };
    const state = connectState({ servers: () => [`127.0.0.1:${server.rpcPort}`], ...ports });
    const remote: Target = {
      ...server,
      write: (n) => putOnState(state, n),
      check: checkPut,
      stop: async () => state.close(),
    };
    for (const target of [server, remote]) {
      const before = server.appliedIndex;
      const turn = await runProposers(target, LOAD);
      expect(turn.writes).toBe(200);
      expect(server.appliedIndex - before).toBeGreaterThanOrEqual(200);
      expect(turn.p99Ms).toBeGreaterThanOrEqual(turn.p50Ms);
    }
    await remote.stop();
    await server.stop();
  });

  test('puts every write into a bare database', async () => {
    const database = await openRawLevel(folder);
    expect(await runProposers(database, LOAD)).toMatchObject({ writes: 200 });
    await database.stop();
  });

  test('a write that is not acknowledged ends the run', async () => {
    const target: Target = {
      name: 'broken',
      pids: [process.pid],
      write: async (n) => {
        if (n === 50) throw new Error('refused');
      },
      stop: async () => undefined,
    };
    await expect(runProposers(target, LOAD)).rejects.toThrow('refused');
  });
});
