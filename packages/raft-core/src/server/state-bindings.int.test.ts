import { silentLogger, systemClock, systemRandom } from '@tribune/platform';
import { connectState } from '@tribune/protocol';
import { FakePool } from '../testing/fake-membership';
import { stateApiCompliance } from '../testing/state-api-compliance';
import { TestServer, until } from '../testing/test-server';

const connect = (address: string) =>
  connectState({ servers: () => [address], clock: systemClock, random: systemRandom, logger: silentLogger });

async function single(): Promise<TestServer> {
  const server = await (await TestServer.create('one', new FakePool(), { bootstrap: true })).start();
  await until(() => server.isLeader);
  return server;
}

/** A leader and one follower, which is the one to talk to. */
async function pair(): Promise<{ follower: TestServer; close(): Promise<void> }> {
  const pool = new FakePool();
  const servers = await Promise.all(
    ['one', 'two'].map((name) => TestServer.create(name, pool, { bootstrapExpect: 2 })),
  );
  await Promise.all(servers.map((server) => server.start()));
  await until(() => servers.some(({ isLeader }) => isLeader));
  const follower = servers.find(({ isLeader }) => !isLeader)!;
  return { follower, close: async () => void (await Promise.all(servers.map((server) => server.remove()))) };
}

stateApiCompliance('in process, on the leader', async () => {
  const server = await single();
  return { state: server.state, close: () => server.remove() };
});

stateApiCompliance('over gRPC, on the leader', async () => {
  const server = await single();
  const state = connect(server.address);
  return {
    state,
    async close() {
      state.close();
      await server.remove();
    },
  };
});

stateApiCompliance('in process, on a follower', async () => {
  const { follower, close } = await pair();
  return { state: follower.state, close };
});

stateApiCompliance('over gRPC, on a follower', async () => {
  const { follower, close } = await pair();
  const state = connect(follower.address);
  return {
    state,
    async close() {
      state.close();
      await close();
    },
  };
});
