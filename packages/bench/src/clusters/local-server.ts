import { silentLogger, Metrics, systemClock, systemRandom } from '@tribune/platform';
import { createRaftServer } from '@tribune/raft-core';
import { fakeMembership, FakePool, serverMember } from '@tribune/raft-core/testing';
import { eventually } from '@tribune/testkit';
import type { Target } from '../load/target';
import { checkPut, putOnState } from './state-target';

const SERVER = { name: 'alone', id: '00000000-0000-4000-8000-000000000000' };

export interface LocalServer extends Target {
  readonly rpcPort: number;
  readonly appliedIndex: number;
}

/** A single production server in this process, written to as the default layout does it: by direct call. */
export async function startLocalServer(dataDir: string): Promise<LocalServer> {
  const pool = new FakePool();
  const server = createRaftServer(
    {
      id: SERVER.id,
      nodeName: SERVER.name,
      datacenter: 'dc1',
      rpcAddress: '127.0.0.1:0',
      advertiseAddress: '127.0.0.1',
      dataDir,
      bootstrap: true,
      bootstrapExpect: 0,
      raft: { freeBytesMin: 0 },
    },
    {
      membership: fakeMembership(pool, SERVER.name),
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
      metrics: new Metrics(),
    },
  );
  await server.start();
  pool.set(serverMember({ ...SERVER, rpcPort: server.rpcPort }));
  await eventually('the lead', async () => server.raftStatus().role === 'leader');
  return {
    name: 'Tribune',
    pids: [process.pid],
    rpcPort: server.rpcPort,
    get appliedIndex() {
      return server.raftStatus().appliedIndex;
    },
    write: (n) => putOnState(server.state, n),
    check: checkPut,
    stop: () => server.stop(),
  };
}
