import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { silentLogger, systemClock, systemRandom } from '@tribune/platform';
import { connectState, type StateClient } from '@tribune/protocol';
import { eventually } from '@tribune/testkit';
import type { Target } from '../load/target';
import { stopProcess } from './child';
import { checkPut, putOnState } from './state-target';
import type { MembersMessage, ServerArguments } from './tribune-server';

interface Server {
  readonly child: ChildProcess;
  readonly rpcPort: number;
}

/** `count` servers as processes; written to over gRPC on the leader's port, as a front end of its own does. */
export async function startTribune(
  count: number,
  folder: string,
  nodeArguments: readonly string[] = [],
): Promise<Target> {
  const all = Array.from({ length: count }, (_, n) => argumentsOf(n, count, folder));
  const servers = await Promise.all(all.map((each) => startServer(each, nodeArguments)));
  const members = all.map(({ name, id }, n) => ({ name, id, rpcPort: servers[n]!.rpcPort, expect: count }));
  for (const { child } of servers) child.send({ members } satisfies MembersMessage);
  const { leader, state } = await eventually('a Tribune leader', () => findLeader(servers));
  const others = servers.filter((server) => server !== leader);
  return {
    name: 'Tribune',
    pids: [leader, ...others].map(({ child }) => child.pid!),
    write: (n) => putOnState(state, n),
    check: checkPut,
    async stop() {
      state.close();
      await Promise.all(servers.map(({ child }) => stopProcess(child)));
    },
  };
}

const argumentsOf = (n: number, expect: number, folder: string): ServerArguments => ({
  name: `bench-${n}`,
  id: `0000000${n}-0000-4000-8000-000000000000`,
  dataDir: join(folder, `bench-${n}`),
  expect,
});

async function startServer(given: ServerArguments, execArgv: readonly string[]): Promise<Server> {
  const child = fork(join(__dirname, 'tribune-server.js'), [JSON.stringify(given)], { execArgv: [...execArgv] });
  const [message] = (await once(child, 'message')) as [{ rpcPort: number }];
  return { child, rpcPort: message.rpcPort };
}

async function findLeader(servers: readonly Server[]): Promise<{ leader: Server; state: StateClient } | undefined> {
  for (const server of servers) {
    const ports = { clock: systemClock, random: systemRandom, logger: silentLogger };
    const state = connectState({ servers: () => [`127.0.0.1:${server.rpcPort}`], ...ports });
    const status = await state.status();
    if (status.isLeader && status.peers.length === servers.length) return { leader: server, state };
    state.close();
  }
  return undefined;
}
