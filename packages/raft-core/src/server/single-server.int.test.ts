import { once } from 'node:events';
import { createServer } from 'node:net';
import { connectState, type StateClient } from '@tribune/protocol';
import { silentLogger, systemClock, systemRandom } from '@tribune/platform';
import { kvGet } from '@tribune/state-store';
import { FakePool } from '../testing/fake-membership';
import { proposeKey, setKey, TestServer, until, write } from '../testing/test-server';

describe('a single server', () => {
  let server: TestServer;
  let client: StateClient;

  beforeEach(async () => {
    server = await (await TestServer.create('one', new FakePool(), { bootstrap: true })).start();
    client = connectState({
      servers: () => [server.address],
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
    });
  });

  afterEach(async () => {
    client.close();
    await server.remove();
  });

  const value = (key: string): string | undefined => {
    const entry = server.running.view.tables.kv.get(key);
    return entry && Buffer.from(entry.value).toString();
  };

  it('founds itself, applies a write and shows it in its view', async () => {
    expect(await write(server.state, setKey('a', '1'))).toEqual({ kind: 'done', ok: true });
    expect(value('a')).toBe('1');
    expect(server.running.state.status()).toMatchObject({
      isLeader: true,
      leaderAddress: server.address,
      peers: [server.address],
    });
  });

  it('gives a fence without waiting, at or above every acknowledged write', async () => {
    const result = await proposeKey(server.state, 'a', '1');
    const fence = server.state.readFence();
    expect(fence).not.toBeInstanceOf(Promise);
    expect(fence).toMatchObject({ kind: 'confirmed' });
    expect((fence as { revision: number }).revision).toBeGreaterThanOrEqual((result as { revision: number }).revision);
  });

  it('answers over gRPC as in process', async () => {
    expect(await write(client, setKey('b', '2'))).toEqual({ kind: 'done', ok: true });
    expect(value('b')).toBe('2');
    // The leader's duties write meanwhile, so what is asked between two others lies between them.
    const fences = [await server.state.readFence(), await client.readFence(), await server.state.readFence()];
    expect(fences.map(({ kind }) => kind)).toEqual(['confirmed', 'confirmed', 'confirmed']);
    const revisions = fences.map((fence) => (fence as { revision: number }).revision);
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
  });

  it('keeps every acknowledged write over a restart', async () => {
    const results = await Promise.all(Array.from({ length: 200 }, (_, i) => write(client, setKey(`k${i}`, `v${i}`))));
    expect(results).toEqual(results.map(() => ({ kind: 'done', ok: true })));
    await server.stop();
    await server.start();
    await until(() => server.isLeader);
    await write(server.state, setKey('after', 'x'));
    for (let i = 0; i < 200; i++) expect(value(`k${i}`)).toBe(`v${i}`);
    expect(kvGet(server.running.view.tables, 'after')).toBeDefined();
  });

  it('registers itself in the catalog with serfHealth and the service consul', async () => {
    const { view } = server.running;
    await until(() => view.tables.services.get('one', 'consul') !== undefined);
    expect(view.tables.checks.get('one', 'serfHealth')).toMatchObject({
      status: 'passing',
      output: 'Agent alive and reachable',
    });
    expect(view.tables.services.get('one', 'consul')).toMatchObject({
      port: server.running.rpcPort,
      meta: { version: '1.8.7' },
    });
  });

  it('does not start on a port that is taken, and leaves nothing behind', async () => {
    const other = await TestServer.create('two', new FakePool(), { bootstrap: true });
    const taken = createServer();
    await once(taken.listen(other.port, '127.0.0.1'), 'listening');
    await expect(other.start()).rejects.toThrow(/EADDRINUSE|No address added/);
    await new Promise((resolve) => taken.close(resolve));
    await other.start();
    await until(() => other.isLeader);
    await other.remove();
  });

  it('does not start on the data of another server, and gives the port back', async () => {
    await write(server.state, setKey('a', '1'));
    await server.stop();
    const stranger = await TestServer.create('two', new FakePool(), { bootstrap: true });
    stranger.listenOn(server.port);
    await expect(stranger.start(server.dataDir)).rejects.toThrow(/belongs to server one-/);
    await server.start();
    await until(() => server.isLeader);
    await stranger.remove();
  });

  it('refuses bytes that no server could apply, and goes on', async () => {
    const result = await client.propose(Buffer.from([1, 2, 3]));
    expect(result).toMatchObject({ kind: 'refused', retryable: false });
    expect(await write(client, setKey('c', '3'))).toEqual({ kind: 'done', ok: true });
  });
});
