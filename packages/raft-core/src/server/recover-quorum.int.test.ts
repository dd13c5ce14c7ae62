import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Metrics, silentLogger, systemClock, systemRandom } from '@tribune/platform';
import { connectState } from '@tribune/protocol';
import { createReplica } from '@tribune/replica';
import { encodeCommand } from '@tribune/state-store';
import { LevelLogStore } from '../storage/level-log-store';
import { FakePool } from '../testing/fake-membership';
import { setKey, TestServer, until, write } from '../testing/test-server';

describe('servers whose quorum is lost for good', () => {
  let servers: TestServer[];
  let pool: FakePool;

  const leader = (): TestServer | undefined => servers.find((server) => server.isLeader);
  const start = async (count: number, snapshotThreshold: number): Promise<void> => {
    pool = new FakePool();
    const settings = { bootstrapExpect: count, raft: { snapshotThreshold, trailingLogs: 5 } };
    const names = ['one', 'two', 'three', 'four', 'five'].slice(0, count);
    servers = await Promise.all(names.map((name) => TestServer.create(name, pool, settings)));
    await Promise.all(servers.map((server) => server.start()));
    await until(() => leader() !== undefined);
  };
  const peersFile = (server: TestServer): string => join(server.dataDir, 'peers.json');
  const leave = (server: TestServer, survivors: readonly TestServer[]): void =>
    writeFileSync(
      peersFile(server),
      JSON.stringify(survivors.map(({ id, address }) => ({ id, address, non_voter: false }))),
    );
  const value = (server: TestServer, key: string): string | undefined => {
    const entry = server.running.view.tables.kv.get(key);
    return entry && Buffer.from(entry.value).toString();
  };
  /** A leader applies what it has committed only when it knows that it leads. */
  const current = async (server: TestServer): Promise<void> => {
    const { revision } = (await server.state.readFence()) as { revision: number };
    await server.running.view.atLeast(revision);
  };
  afterEach(() => Promise.all(servers.map((server) => server.remove())));

  it.each([
    ['a log', 8_192],
    ['a snapshot and a log', 40],
  ])('go on with one that has %s', async (_what, snapshotThreshold) => {
    await start(3, snapshotThreshold);
    for (let i = 0; i < 100; i++) await write(servers[0]!.state, setKey(`k${i % 10}`, String(i)));
    const survivor = leader()!;
    const before = survivor.running.view.revision;
    for (const server of servers) pool.setStatus(server.name, 'failed');
    await Promise.all(servers.map((server) => server.stop()));
    leave(survivor, [survivor]);
    await survivor.start();
    await until(() => survivor.isLeader);
    expect(existsSync(peersFile(survivor))).toBe(false);
    expect(await write(survivor.state, setKey('after', '1'))).toEqual({ kind: 'done', ok: true });
    expect([value(survivor, 'k9'), survivor.running.view.revision > before]).toEqual(['99', true]);
    expect(survivor.running.raftStatus().peers.map(({ id }) => id)).toEqual([survivor.id]);
    // Once, and for good.
    await survivor.stop();
    await survivor.start();
    await until(() => survivor.isLeader);
    await current(survivor);
    expect(value(survivor, 'after')).toBe('1');
  });

  it('follow the survivor that knows most', async () => {
    await start(5, 8_192);
    await write(servers[0]!.state, setKey('a', '1'));
    const ahead = leader()!;
    const behind = servers.find((server) => server !== ahead)!;
    await behind.stop();
    for (let i = 0; i < 20; i++) await write(ahead.state, setKey('a', `later ${i}`));
    for (const server of servers) pool.setStatus(server.name, 'failed');
    await Promise.all(servers.map((server) => server.stop()));
    for (const server of [ahead, behind]) leave(server, [ahead, behind]);
    await Promise.all([behind.start(), ahead.start()]);
    await until(() => ahead.isLeader);
    await current(behind);
    expect([value(ahead, 'a'), value(behind, 'a')]).toEqual(['later 19', 'later 19']);
    // The leader's duties write on: compared at one revision.
    const [one, other] = [ahead.running, behind.running];
    await until(() => one.view.revision === other.view.revision);
    expect(one.stateMachine.hash()).toBe(other.stateMachine.hash());
  });

  it('follow the survivor of the later term, however much another has that was never committed', async () => {
    await start(3, 8_192);
    await write(servers[0]!.state, setKey('a', 'committed'));
    const [right, wrong] = servers as [TestServer, TestServer];
    await until(() => [right, wrong].every((server) => value(server, 'a') === 'committed'));
    for (const server of servers) pool.setStatus(server.name, 'failed');
    await Promise.all(servers.map((server) => server.stop()));
    const logs = [right, wrong].map(({ dataDir, id }) => {
      return new LevelLogStore({ directory: join(dataDir, 'log'), serverId: id });
    });
    const found = await Promise.all(logs.map((log) => log.open()));
    const newest = Math.max(...found.map(({ hardState }) => hardState.term));
    const append = async (which: 0 | 1, term: number, values: readonly string[]): Promise<void> => {
      const entries = values.map((text, i) => {
        const data = encodeCommand(setKey('a', text));
        return { index: found[which]!.lastIndex + 1 + i, term, kind: 'command' as const, data };
      });
      await logs[which]!.append({ hardState: { term, votedFor: undefined }, entries });
      await logs[which]!.close();
    };
    await append(0, newest + 2, ['maybe committed']);
    await append(1, newest + 1, ['x', 'y', 'z', 'never committed']);
    for (const server of [right, wrong]) leave(server, [right, wrong]);
    await Promise.all([right.start(), wrong.start()]);
    await until(() => right.isLeader);
    await current(wrong);
    expect([value(right, 'a'), value(wrong, 'a')]).toEqual(['maybe committed', 'maybe committed']);
  });

  it('give no index of the lost ones a second time: a front end that saw their writes forgets them', async () => {
    await start(3, 8_192);
    await write(servers[0]!.state, setKey('before', '1'));
    const survivor = servers.find((server) => !server.isLeader)!;
    await until(() => value(survivor, 'before') === '1');
    const lost = servers.filter((server) => server !== survivor);
    let addresses = lost.map(({ address }) => address);
    const ports = { clock: systemClock, random: systemRandom, logger: silentLogger };
    const client = connectState({ servers: () => addresses, ...ports });
    const frontEnd = createReplica({ topics: 'all' }, { ...ports, state: client, metrics: new Metrics() });
    await frontEnd.start();
    await frontEnd.whenReady();
    await survivor.stop();
    for (let i = 0; i < 20; i++) await write(client, setKey('lost', String(i)));
    await until(() => frontEnd.tables.kv.get('lost') !== undefined);
    for (const server of servers) pool.setStatus(server.name, 'failed');
    await Promise.all(lost.map((server) => server.stop()));
    leave(survivor, [survivor]);
    await survivor.start();
    addresses = [survivor.address];
    await until(() => survivor.isLeader);
    const seen = frontEnd.revision;
    const outcome = await survivor.state.propose(encodeCommand(setKey('after', '1')));
    expect(outcome).toMatchObject({ kind: 'applied' });
    const { revision } = outcome as { revision: number };
    expect(revision).toBeGreaterThan(seen);
    await frontEnd.atLeast(revision);
    expect([frontEnd.tables.kv.get('lost'), frontEnd.tables.kv.get('after')?.modifyIndex]).toEqual([
      undefined,
      revision,
    ]);
    await frontEnd.stop();
    client.close();
  });

  it('end where a recovery that broke off was to end, and do nothing about one that is over', async () => {
    await start(1, 8_192);
    const [server] = servers as [TestServer];
    await write(server.state, setKey('a', '1'));
    await server.stop();
    const peers = [{ id: server.id, address: server.address, non_voter: false }];
    const endsAt = 5_000;
    writeFileSync(peersFile(server), JSON.stringify({ peers, endsAt }));
    await server.start();
    await until(() => server.isLeader);
    await current(server);
    expect([value(server, 'a'), server.running.raftStatus().snapshotIndex]).toEqual(['1', endsAt]);
    await server.stop();
    // The file came back after a power cut.
    const other = [{ id: 'somebody-else', address: '127.0.0.1:1', non_voter: false }];
    writeFileSync(peersFile(server), JSON.stringify({ peers: other, endsAt }));
    await server.start();
    await until(() => server.isLeader);
    expect(server.running.raftStatus()).toMatchObject({ snapshotIndex: endsAt, peers: [{ id: server.id }] });
    expect(existsSync(peersFile(server))).toBe(false);
  });

  it('refuse a file that cannot be meant, and keep it and the state', async () => {
    await start(1, 8_192);
    const [server] = servers as [TestServer];
    await write(server.state, setKey('a', '1'));
    await server.stop();
    const attempts: [string, string][] = [
      ['{', 'peers.json: is not JSON'],
      ['[]', 'peers.json: names no voter'],
      ['[{"id":"x"}]', 'peers.json: [0].address must be host:port'],
      ['["10.0.0.1:8300"]', 'peers.json: [0].id must be the id of a server'],
      ['[{"id":"x","address":"h:1"},{"id":"x","address":"h:2"}]', 'peers.json: gives an id twice'],
    ];
    for (const [text, message] of attempts) {
      writeFileSync(peersFile(server), text);
      await expect(server.start()).rejects.toThrow(message);
      expect(existsSync(peersFile(server))).toBe(true);
    }
    leave(server, [server]);
    await server.start();
    await until(() => server.isLeader);
    await current(server);
    expect(value(server, 'a')).toBe('1');
  });

  it('are not made from nothing', async () => {
    pool = new FakePool();
    const empty = await TestServer.create('empty', pool, {});
    servers = [empty];
    writeFileSync(peersFile(empty), JSON.stringify([{ id: empty.id, address: '127.0.0.1:1' }]));
    await expect(empty.start()).rejects.toThrow('there is nothing to recover');
  });
});
