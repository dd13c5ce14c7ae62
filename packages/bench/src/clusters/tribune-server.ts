/**
 * One server as an operating-system process: the production server on LevelDB and gRPC. Only gossip is not the subject
 * here, so the parent says who the members are. Started by `tribune-cluster.ts`.
 */
import { createLogger, Metrics, systemClock, systemRandom } from '@tribune/platform';
import { createRaftServer } from '@tribune/raft-core';
import { fakeMembership, FakePool, serverMember, type ServerMemberFields } from '@tribune/raft-core/testing';

/** What the parent gives as the only argument, in JSON. */
export interface ServerArguments {
  readonly name: string;
  readonly id: string;
  readonly dataDir: string;
  /** Servers of the cluster. */
  readonly expect: number;
}

/** From the parent, once all have said their ports. */
export interface MembersMessage {
  readonly members: readonly ServerMemberFields[];
}

async function main({ name, id, dataDir, expect }: ServerArguments): Promise<void> {
  const pool = new FakePool();
  const server = createRaftServer(
    {
      id,
      nodeName: name,
      datacenter: 'dc1',
      rpcAddress: '127.0.0.1:0',
      advertiseAddress: '127.0.0.1',
      dataDir,
      bootstrap: false,
      bootstrapExpect: expect,
    },
    {
      membership: fakeMembership(pool, name),
      clock: systemClock,
      random: systemRandom,
      logger: createLogger({ level: 'warn', format: 'text' }),
      metrics: new Metrics(),
      onFatal: () => process.exit(1),
    },
  );
  await server.start();
  process.on('message', ({ members }: MembersMessage) => members.forEach((each) => pool.set(serverMember(each))));
  process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
  // The parent is gone: nobody would end this process.
  process.once('disconnect', () => process.exit(0));
  process.send!({ rpcPort: server.rpcPort });
}

void main(JSON.parse(process.argv[2]!) as ServerArguments);
