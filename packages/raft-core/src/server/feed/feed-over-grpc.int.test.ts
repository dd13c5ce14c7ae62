import { Metrics, silentLogger, systemClock, systemRandom } from '@tribune/platform';
import { connectState, type StateApi, type StateClient } from '@tribune/protocol';
import { createReplica, type FeedView } from '@tribune/replica';
import { FakePool } from '../../testing/fake-membership';
import { proposeKey, setKey, TestServer, until, write } from '../../testing/test-server';

const ports = { clock: systemClock, random: systemRandom, logger: silentLogger };

/** So small that a subscriber that stops reading falls out of it. */
const feedHistory = { revisionsMax: 1_000, bytesMax: 1 << 20 };

describe('views fed by servers', () => {
  let servers: TestServer[];
  const closing: (() => Promise<void> | void)[] = [];

  beforeEach(async () => {
    const pool = new FakePool();
    servers = await Promise.all(
      ['one', 'two', 'three'].map((name) => TestServer.create(name, pool, { bootstrapExpect: 3, feedHistory })),
    );
    await Promise.all(servers.map((server) => server.start()));
    await until(() => servers.some(({ isLeader }) => isLeader));
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    await Promise.all(servers.map((server) => server.remove()));
  });

  const connect = (...preferred: TestServer[]): StateClient => {
    const client = connectState({ ...ports, servers: () => preferred.map(({ address }) => address) });
    closing.push(() => client.close());
    return client;
  };
  const view = async (topics: 'all' | 'on-demand', state: StateApi): Promise<FeedView> => {
    const replica = createReplica({ topics }, { ...ports, state, metrics: new Metrics() });
    closing.push(() => replica.stop());
    await replica.start();
    await replica.whenReady();
    return replica;
  };
  const revisionOf = async (state: StateApi, key: string): Promise<number> =>
    ((await proposeKey(state, key, 'v')) as { revision: number }).revision;
  const keys = (replica: FeedView): string[] => [...replica.tables.kv.rows()].map(({ key }) => key);

  it('are the same in process and over gRPC', async () => {
    const remote = await view('all', connect(servers[0]!));
    const local = await view('all', servers[1]!.state);
    const revisions = await Promise.all(
      Array.from({ length: 100 }, (_, i) => revisionOf(servers[i % 3]!.state, `k${i}`)),
    );
    const last = Math.max(...revisions);
    await Promise.all([remote.atLeast(last), local.atLeast(last), servers[2]!.running.view.atLeast(last)]);
    expect(keys(remote)).toHaveLength(100);
    expect(keys(local)).toEqual(keys(remote));
    // The leader still registers the servers meanwhile: compare at a moment when both are at one revision.
    const truth = servers[2]!.running.view;
    let rows: unknown[][] = [];
    await until(() => {
      if (remote.revision !== truth.revision) return false;
      rows = [remote, truth].map(({ tables }) => [
        ...tables.indexes.rows(),
        ...tables.checks.rows(),
        ...tables.kv.rows(),
      ]);
      return true;
    });
    expect(rows[0]).toEqual(rows[1]);
  });

  it('move to another server when theirs dies, and miss nothing', async () => {
    const home = servers.find(({ isLeader }) => !isLeader)!;
    const others = servers.filter((server) => server !== home);
    const replica = await view('all', connect(home, ...others));
    const revisions: number[] = [];
    const unfollow = replica.follow((revision) => revisions.push(revision));
    for (let i = 0; i < 10; i++) await write(others[0]!.state, setKey(`before${i}`, 'v'));
    await home.stop();
    for (let i = 0; i < 10; i++) await write(others[0]!.state, setKey(`during${i}`, 'v'));
    await replica.atLeast(await revisionOf(others[0]!.state, 'last'));
    unfollow();
    expect(keys(replica)).toHaveLength(21);
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
    expect(replica.readiness()).toEqual({ ready: true });
  });

  it('of a partial kind hold what was asked for and reach a fence', async () => {
    const client = connect(servers[0]!);
    const replica = await view('on-demand', client);
    await write(client, setKey('app/a', '1'));
    await write(client, setKey('other/b', '1'));
    await replica.require([{ kind: 'kvPrefix', prefix: 'app/' }]);
    await write(client, setKey('app/c', '1'));
    await write(client, setKey('other/d', '1'));
    const fence = (await client.readFence()) as { revision: number };
    await replica.atLeast(fence.revision);
    expect(keys(replica)).toEqual(['app/a', 'app/c']);
  });

  it('that read slowly over gRPC start over instead of making the server hold their backlog', async () => {
    const leader = servers.find(({ isLeader }) => isLeader)!;
    const abort = new AbortController();
    const stream = connect(leader).feed(abort.signal);
    stream.send({ kind: 'subscribe', id: 1, topic: { kind: 'all' }, fromRevision: 0 });
    const events = stream[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ kind: 'snapshot' });
    // 16 MiB: more than the history and what the connection buffers.
    for (let i = 0; i < 64; i++) await write(leader.state, setKey(`k${i % 4}`, String(i).padEnd(256 * 1024)));
    const last = await revisionOf(leader.state, 'last');
    const kinds: string[] = [];
    for (let done = false; !done;) {
      const event = (await events.next()).value!;
      kinds.push(event.kind);
      done = event.kind === 'progress' && event.revision >= last;
    }
    expect(kinds).toContain('snapshot');
    expect(kinds.filter((kind) => kind === 'deltas').length).toBeLessThan(64);
    abort.abort();
  });
});
