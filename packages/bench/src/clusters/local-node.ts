import { join } from 'node:path';
import { silentLogger, systemClock, systemRandom } from '@tribune/platform';
import { RaftNode, type PeerTransport, type StateMachine } from '@tribune/raft-core';
import { FileSnapshotStore, LevelLogStore } from '@tribune/raft-core/testing';
import { eventually } from '@tribune/testkit';
import type { Target } from '../load/target';
import { bytesOf } from '../load/writes';

const ID = '00000000-0000-4000-8000-000000000000';
const ADDRESS = '127.0.0.1:1';

/** Consensus alone on a real disk: no peers, and a state machine that keeps nothing, as the raw database does. */
export async function startLocalNode(dataDir: string): Promise<Target> {
  const node = new RaftNode(
    { id: ID, address: ADDRESS, freeBytesMin: 0 },
    {
      logStore: new LevelLogStore({ directory: join(dataDir, 'log'), serverId: ID }),
      snapshotStore: new FileSnapshotStore(join(dataDir, 'snapshots'), silentLogger),
      transport: nobody,
      stateMachine: nothing(),
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
    },
  );
  await node.start();
  await node.bootstrap([{ id: ID, address: ADDRESS }]);
  await eventually('the lead', async () => node.status().role === 'leader');
  return {
    name: 'RaftNode',
    pids: [process.pid],
    write: (n) => node.propose(bytesOf(n)),
    check(answer) {
      const { kind } = answer as Awaited<ReturnType<RaftNode['propose']>>;
      if (kind !== 'applied') throw new Error(`the write is ${kind}`);
    },
    stop: () => node.stop(),
  };
}

const nobody: PeerTransport = {
  attach: () => undefined,
  send: () => undefined,
  sendSnapshot: () => Promise.reject(new Error('there are no peers')),
  setPeers: () => undefined,
  start: async () => undefined,
  stop: async () => undefined,
};

function nothing(): StateMachine {
  let last = 0;
  return {
    apply: (index) => void (last = index),
    snapshot: () => ({ index: last, chunks: [] }),
    restore: async (_chunks, index) => void (last = index),
  };
}
