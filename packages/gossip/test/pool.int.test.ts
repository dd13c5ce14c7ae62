import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { Metrics, seededRandom } from '@tribune/platform';
import { join } from 'node:path';
import { freePort } from '@tribune/testkit';
import { DatagramSocket } from '../src/transport/datagram-socket';
import {
  addressOf,
  eventually,
  FAST,
  membersAre,
  nextEvent,
  startAgent,
  startPool,
  stopAgents,
} from './pool-of-agents';

const KEY_A = Buffer.alloc(32, 1).toString('base64');
const KEY_B = Buffer.alloc(16, 2).toString('base64');
const event = (name: string, payload = '') => ({
  name,
  payload: Buffer.from(payload),
  nodeFilter: '',
  serviceFilter: '',
  tagFilter: '',
});

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
const noTest = (): void => undefined;

describe('a pool of agents over real sockets', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tribune-gossip-'));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await stopAgents();
    await rm(folder, { recursive: true, force: true });
  });

  it('sees who joins, who fails and who leaves', async () => {
    const [a, b, c] = await startPool(['a', 'b', 'c']);
    await c!.stop();
    await Promise.all([a, b].map((agent) => membersAre(agent!, { a: 'alive', b: 'alive', c: 'failed' })));
    await b!.leave();
    await membersAre(a!, { a: 'alive', b: 'left', c: 'failed' });
  });

  it('reaches a failed agent again when it comes back', async () => {
    const lan = { port: await freePort(), profile: 'lan', overrides: FAST } as const;
    const [a, b] = [await startAgent('a'), await startAgent('b', { lan })];
    await b.join('lan', [addressOf(a)]);
    await membersAre(a, { a: 'alive', b: 'alive' });
    await b.stop();
    await membersAre(a, { a: 'alive', b: 'failed' });
    const again = await startAgent('b', { lan });
    await Promise.all([a, again].map((agent) => membersAre(agent, { a: 'alive', b: 'alive' })));
  });

  it('spreads user events to everybody, each once, and refuses those that are too large', async () => {
    const agents = await startPool(['a', 'b', 'c']);
    const seen = Promise.all(agents.map((agent) => nextEvent(agent, ({ kind }) => kind === 'userEvent')));
    const fired = await agents[1]!.fireEvent(event('deploy', 'v1.2'));
    expect(fired).toMatchObject({ ok: true, event: { name: 'deploy', version: 1, ltime: 0 } });
    for (const found of await seen) expect(found).toMatchObject({ event: { name: 'deploy', ltime: 1 } });
    for (const agent of agents) expect(await agent.events()).toHaveLength(1);
    expect(await agents[0]!.fireEvent(event('big', 'x'.repeat(512)))).toEqual({
      ok: false,
      reason: 'user event exceeds configured limit of 512 bytes before encoding',
    });
    expect(await agents[0]!.fireEvent(event(''))).toEqual({ ok: false, reason: 'User event missing name' });
  });

  it('shows the events that a joining agent knows, but not to it what was before', async () => {
    const [a, b] = [await startAgent('a'), await startAgent('b')];
    for (const name of ['b1', 'b2']) await b.fireEvent(event(name));
    await a.fireEvent(event('a1'));
    await b.join('lan', [addressOf(a)]);
    await membersAre(a, { a: 'alive', b: 'alive' });
    await waitUntil(async () => (await a.events()).length === 3);
    await a.fireEvent(event('new'));
    await nextEvent(b, (seen) => seen.kind === 'userEvent' && seen.event.name === 'new');
    expect((await b.events()).map(({ name }) => name)).toEqual(['b1', 'b2', 'new']);
  });

  it('keeps the 256 newest events', async () => {
    const a = await startAgent('a');
    for (let i = 0; i < 300; i++) await a.fireEvent(event(`e${i}`));
    const names = (await a.events()).map(({ name }) => name);
    expect([names.length, names[0], names.at(-1)]).toEqual([256, 'e44', 'e299']);
  });

  it('spreads new tags', async () => {
    const [a, b] = await startPool(['a', 'b']);
    await b!.setTags({ role: 'consul', dc: 'dc1' });
    await eventually(a!, 'lan', (members) => members.some(({ name, tags }) => name === 'b' && tags.role === 'consul'));
    await expect(b!.setTags({ long: 'x'.repeat(600) })).rejects.toThrow(
      'Encoded length of tags exceeds limit of 512 bytes',
    );
  });

  it('moves a failed member to left by force, and erases it when asked to', async () => {
    const [a, b, c, d] = await startPool(['a', 'b', 'c', 'd']);
    await Promise.all([c!.stop(), d!.stop()]);
    await membersAre(a!, { a: 'alive', b: 'alive', c: 'failed', d: 'failed' });
    await membersAre(b!, { a: 'alive', b: 'alive', c: 'failed', d: 'failed' });
    expect(await a!.forceLeave('lan', 'c', false)).toBe('done');
    expect(await a!.forceLeave('lan', 'd', true)).toBe('done');
    expect(await a!.forceLeave('lan', 'nobody', false)).toBe('unknown');
    await Promise.all([a!, b!].map((agent) => membersAre(agent, { a: 'alive', b: 'alive', c: 'left' })));
  });

  it('says how many addresses answered and why the others did not', async () => {
    const [a, b] = await Promise.all([startAgent('a'), startAgent('b')]);
    const outcome = await a.join('lan', [addressOf(b), '127.0.0.1:1', 'not a host']);
    expect(outcome.joined).toBe(1);
    expect(outcome.errors).toEqual([
      'Failed to join 127.0.0.1: dial tcp 127.0.0.1:1: connect: connection refused',
      expect.stringMatching(/^Failed to resolve not a host: /),
    ]);
    expect((await a.join('wan', ['x'])).errors).toEqual(['this agent is not in the wan pool']);
  });

  it('lets nobody in without the key', async () => {
    const [a] = await startPool(['a', 'b'], { encryptKey: KEY_A });
    const stranger = await startAgent('stranger');
    const wrongKey = await startAgent('wrong-key', { encryptKey: KEY_B });
    for (const agent of [stranger, wrongKey]) expect((await agent.join('lan', [addressOf(a!)])).joined).toBe(0);
    expect((await a!.members('lan')).map(({ name }) => name).sort()).toEqual(['a', 'b']);
  });

  it('lets no agent of another data centre in, and says why', async () => {
    const a = await startAgent('a');
    const other = await startAgent('b', { datacenter: 'dc2', tags: { role: 'node', dc: 'dc2' } });
    const { joined, errors } = await other.join('lan', [addressOf(a)]);
    expect(joined).toBe(0);
    expect(errors).toEqual([expect.stringContaining("Member 'a' part of wrong datacenter 'dc1'")]);
    expect(await a.members('lan')).toHaveLength(1);
    expect(await other.members('lan')).toHaveLength(1);
  });

  it('changes its key while everybody stays', async () => {
    const agents = await startPool(['a', 'b', 'c'], { encryptKey: KEY_A });
    const changes: string[] = [];
    const abort = new AbortController();
    const watching = agents.map(async (agent) => {
      for await (const { kind } of agent.watch(abort.signal)) if (kind !== 'snapshot') changes.push(kind);
    });
    for (const [operation, key] of [
      ['install', KEY_B],
      ['use', KEY_B],
      ['remove', KEY_A],
    ] as const) {
      const [response] = await agents[0]!.keyring(operation, key);
      expect(response).toMatchObject({ pool: 'lan', numNodes: 3, error: undefined });
    }
    const [listed] = await agents[1]!.keyring('list', '');
    expect(listed).toMatchObject({ keys: { [KEY_B]: 3 }, primaryKeys: { [KEY_B]: 3 }, messages: {} });
    const [refused] = await agents[2]!.keyring('remove', KEY_B);
    expect(refused).toMatchObject({ error: '3/3 nodes reported failure' });
    await agents[0]!.fireEvent(event('still-here'));
    await nextEvent(agents[2]!, ({ kind }) => kind === 'userEvent').then(() => abort.abort());
    await Promise.all(watching);
    expect(new Set(changes)).toEqual(new Set(['userEvent']));
  });

  it('keeps a member whose UDP is blocked while TCP is open', async () => {
    // Slower than the other tests: a ping over TCP must not miss its time on a busy machine.
    const overrides = { ...FAST, probeIntervalMs: 300, suspicionMult: 10 };
    const agents = await startPool(['a', 'b', 'c'], { lan: { port: 0, profile: 'lan', overrides } });
    const send = DatagramSocket.prototype.send;
    const blocked = agents[1]!.port('lan')!;
    const others = new Set([agents[0]!, agents[2]!].map((agent) => agent.port('lan')));
    let dropped = 0;
    jest.spyOn(DatagramSocket.prototype, 'send').mockImplementation(function (this: DatagramSocket, packet, to) {
      const isAboutBlocked = to.port === blocked || !others.has(portOf(this));
      if (isAboutBlocked) dropped += 1;
      else send.call(this, packet, to);
    });
    const changes: string[] = [];
    const abort = new AbortController();
    const watching = (async () => {
      for await (const { kind } of agents[0]!.watch(abort.signal)) if (kind !== 'snapshot') changes.push(kind);
    })();
    await waitUntil(() => dropped > 25);
    abort.abort();
    await watching;
    expect(changes).toEqual([]);
    expect((await agents[0]!.members('lan')).map(({ status }) => status)).toEqual(['alive', 'alive', 'alive']);
  });

  it('finds the pool again from its snapshot, and does not show old events a second time', async () => {
    const a = await startAgent('a');
    const b = await startAgent('b', { dataDir: folder });
    await b.join('lan', [addressOf(a)]);
    await membersAre(b, { a: 'alive', b: 'alive' });
    await a.fireEvent(event('old'));
    await nextEvent(b, ({ kind }) => kind === 'userEvent');
    await b.stop();
    expect(await readFile(join(folder, 'serf/local.snapshot'), 'utf8')).toMatch(/^alive: a 127\.0\.0\.1:\d+$/m);
    const again = await startAgent('b', { dataDir: folder });
    await membersAre(again, { a: 'alive', b: 'alive' });
    await a.fireEvent(event('new'));
    await nextEvent(again, (seen) => seen.kind === 'userEvent');
    expect((await again.events()).map(({ name }) => name)).toEqual(['new']);
  });

  it('goes on to members of its snapshot whom the first to answer does not know', async () => {
    const [a, c] = [await startAgent('a'), await startAgent('c')];
    await mkdir(join(folder, 'serf'));
    const alive = [`alive: a ${addressOf(a)}`, `alive: c ${addressOf(c)}`, ''];
    await writeFile(join(folder, 'serf/local.snapshot'), alive.join('\n'));
    await startAgent('b', { dataDir: folder });
    await membersAre(a, { a: 'alive', b: 'alive', c: 'alive' });
  });

  it('does not rejoin by itself after a graceful leave', async () => {
    const [a, b] = [await startAgent('a'), await startAgent('b', { dataDir: folder })];
    await b.join('lan', [addressOf(a)]);
    await membersAre(a, { a: 'alive', b: 'alive' });
    await b.leave();
    await b.stop();
    expect(await readFile(join(folder, 'serf/local.snapshot'), 'utf8')).toMatch(/leave\n$/);
    await startAgent('b', { dataDir: folder });
    expect((await a.members('lan')).find(({ name }) => name === 'b')?.status).toBe('left');
  });

  it('keeps its keyring in a file that wins over the configured key', async () => {
    const a = await startAgent('a', { dataDir: folder, encryptKey: KEY_A });
    await a.keyring('install', KEY_B);
    await a.keyring('use', KEY_B);
    await a.stop();
    expect(JSON.parse(await readFile(join(folder, 'serf/local.keyring'), 'utf8'))).toEqual([KEY_B, KEY_A]);
    const again = await startAgent('a', { dataDir: folder, encryptKey: KEY_A });
    expect((await again.keyring('list', ''))[0]).toMatchObject({ primaryKeys: { [KEY_B]: 1 } });
  });

  it('joins in the background until somebody answers', async () => {
    const a = await startAgent('a');
    const b = await startAgent('b', {
      lan: { port: 0, profile: 'lan', overrides: FAST, retryJoin: ['127.0.0.1:1', addressOf(a)], retryIntervalMs: 50 },
    });
    await membersAre(b, { a: 'alive', b: 'alive' });
  });

  it('puts servers of several data centres into one WAN pool', async () => {
    const wan = { port: 0, profile: 'wan', overrides: FAST } as const;
    const tags = { role: 'consul' };
    const a = await startAgent('a', { wan, tags });
    const b = await startAgent('b', { wan, tags, datacenter: 'dc2' });
    expect((await b.join('wan', [addressOf(a, 'wan')])).joined).toBe(1);
    await membersAre(a, { 'a.dc1': 'alive', 'b.dc2': 'alive' }, 'wan');
    expect((await a.members('lan')).map(({ name }) => name)).toEqual(['a']);
    expect(Object.keys(await a.stats())).toEqual(['serf_lan', 'serf_wan']);
  });

  it('learns coordinates from its probes', async () => {
    const [a] = await startPool(['a', 'b']);
    const self = await a!.coordinate('lan', 'a');
    expect(self?.vec).toHaveLength(8);
    await waitUntil(async () => (await a!.coordinate('lan', 'b')) !== undefined);
    expect(await a!.coordinate('lan', 'nobody')).toBeUndefined();
  });

  it('keeps pools with different labels apart', async () => {
    const [a, b, c] = await Promise.all([
      startAgent('a', { label: 'red' }),
      startAgent('b', { label: 'red' }),
      startAgent('c', { label: 'blue' }),
    ]);
    expect((await b.join('lan', [addressOf(a)])).joined).toBe(1);
    expect((await c.join('lan', [addressOf(a)])).joined).toBe(0);
    await membersAre(a, { a: 'alive', b: 'alive' });
  });

  const itWithIpv6 = hasIpv6 ? it : noTest;
  itWithIpv6('works over IPv6, and over both families at once', async () => {
    const a = await startAgent('a', { bindAddress: '::1' });
    const b = await startAgent('b', { bindAddress: '::', advertiseAddress: '::1' });
    expect((await b.join('lan', [`[::1]:${a.port('lan')}`])).joined).toBe(1);
    await membersAre(a, { a: 'alive', b: 'alive' });
    const c = await startAgent('c');
    expect((await c.join('lan', [addressOf(b)])).errors).toEqual([]);
  });

  // Other systems give their loopback one address only.
  const itOnLinux = process.platform === 'linux' ? it : noTest;
  itOnLinux('has an address of its own in each pool, and is found under every address of a name', async () => {
    const wan = { port: 0, profile: 'wan', overrides: FAST } as const;
    const tags = { role: 'consul' };
    const a = await startAgent('a', { bindAddress: '127.0.0.2', wan: { ...wan, bindAddress: '127.0.0.3' }, tags });
    const b = await startAgent('b', { wan, tags });
    expect((await b.join('lan', [`127.0.0.2:${a.port('lan')}`])).joined).toBe(1);
    expect((await b.join('wan', [`127.0.0.3:${a.port('wan')}`])).joined).toBe(1);
    expect(b.pool('lan')!.member('a')?.address).toBe('127.0.0.2');
    expect(b.pool('wan')!.member('a.dc1')?.address).toBe('127.0.0.3');
    const c = await startAgent('c');
    expect((await c.join('lan', [`localhost:${b.port('lan')}`])).joined).toBeGreaterThanOrEqual(1);
  });

  it('drops and counts rubbish, and goes on', async () => {
    const metrics = new Metrics();
    const a = await startAgent('a', {}, { metrics });
    const port = a.port('lan')!;
    const random = seededRandom(1);
    const malformed = async (transport: string): Promise<number> => {
      const series = `tribune_gossip_malformed_total{pool="lan",transport="${transport}"} `;
      const line = (await metrics.expose()).split('\n').find((text) => text.startsWith(series));
      return Number(line?.slice(series.length) ?? 0);
    };
    const socket = createSocket('udp4');
    while ((await malformed('udp')) < 300) {
      // No more at a time than its socket holds, however small the system keeps that.
      for (let i = 0; i < 50; i++) socket.send(random.bytes(random.integer(1400) + 1), port, '127.0.0.1');
      await new Promise((resolve) => setImmediate(resolve));
    }
    socket.close();
    // More than are served at once: some are not even read.
    const streams = Array.from({ length: 200 }, async () => {
      const stream = connect(port, '127.0.0.1').on('error', () => undefined);
      stream.end(random.bytes(random.integer(5000) + 1));
      // By a reset as well, which `once` would take for a failure.
      await new Promise((resolve) => stream.resume().once('close', resolve));
    });
    await Promise.all(streams);
    expect(await malformed('tcp')).toBeGreaterThan(50);
    const b = await startAgent('b');
    expect((await b.join('lan', [addressOf(a)])).joined).toBe(1);
    await membersAre(a, { a: 'alive', b: 'alive' });
  });

  it('tells the watchers when it stops', async () => {
    const a = await startAgent('a');
    const watching = nextEvent(a, () => false);
    const failing = expect(watching).rejects.toThrow('gossip has stopped');
    await eventually(a, 'lan', (members) => members.length === 1);
    await a.stop();
    await failing;
  });
});

const portOf = (socket: DatagramSocket): number =>
  (socket as unknown as { socket: { address(): { port: number } } }).socket.address().port;

async function waitUntil(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}
