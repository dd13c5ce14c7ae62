import { Metrics } from '@tribune/platform';
import { freePort } from '@tribune/testkit';
import { lanDefaults, type Profile } from '../src';
import { addressOf, answerQueries, eventually, membersAre, nextEvent, startAgent } from './pool-of-agents';
import { hasStockSerf, StockAgent } from '../src/soak/stock-serf';
import { GrpcFront } from './grpc-front';
import type { Gossip, GossipOptions } from '../src';
import { encodeUserEvent } from '../src/node/user-events';
import type { KeyOperation } from '../src/serf/key-operations';

const KEY = Buffer.alloc(32, 5).toString('base64');
const THIRD_KEY = Buffer.alloc(16, 7).toString('base64');
const OTHER_KEY = Buffer.alloc(32, 6).toString('base64');

/** LAN timing, with frequent state exchanges: they repair what gossip happened to miss. */
const overrides: Partial<Profile> = { pushPullIntervalMs: 1000 };
const lan = { port: 0, profile: 'lan', overrides } as const;

/** Queries reach everybody only with high probability: what counts is that they can. */
async function repeatedly(succeeds: () => Promise<boolean>): Promise<void> {
  while (!(await succeeds())) continue;
}

/** A user event as Consul puts it into one of serf's. */
const consulEvent = (name: string, payload: string): Buffer =>
  encodeUserEvent({
    // Shorter than 32 bytes: longer ones have a zero in their MessagePack head, which no argument can carry.
    id: 'event-of-stock',
    name,
    payload: Buffer.from(payload),
    nodeFilter: '',
    serviceFilter: '',
    tagFilter: '',
    version: 1,
    ltime: 0,
  });

interface Pool {
  readonly ours: Gossip[];
  readonly stock: StockAgent[];
  /** Of the first of ours. */
  readonly metrics: Metrics;
}

const ALL_ALIVE = { o1: 'alive', o2: 'alive', o3: 'alive', s1: 'alive', s2: 'alive', s3: 'alive' };

/** Three of our agents and three of Debian's `serf agent`. */
async function mixedPool(key: string | undefined, { ours, stock, metrics }: Pool): Promise<void> {
  const options: Partial<GossipOptions> = { lan, encryptKey: key, serf: {} };
  ours.push(await startAgent('o1', options, { metrics }), await startAgent('o2', options));
  // It will come back, and must find its port free.
  ours.push(await startAgent('o3', { ...options, lan: { ...lan, port: await freePort() } }));
  await Promise.all(ours.map((agent) => answerQueries(agent, (name, payload) => `${name}=${payload}`)));
  for (const agent of ours.slice(1)) await agent.join('lan', [addressOf(ours[0]!)]);
  for (const [i, name] of ['s1', 's2', 's3'].entries())
    stock.push(await StockAgent.start(name, addressOf(ours[i]!), { key }));
  await everybodySees({ ours, stock, metrics }, ALL_ALIVE);
}

async function everybodySees({ ours, stock }: Pool, expected: Readonly<Record<string, string>>): Promise<void> {
  await Promise.all([
    ...ours.map((agent) => membersAre(agent, expected)),
    ...stock.map((agent) => agent.membersAre(expected)),
  ]);
}

/** Probes with an answer or without: one per probe interval where the machine has time, else fewer. */
async function probesSaid(metrics: Metrics): Promise<number> {
  const counters = /^tribune_gossip_probe_(?:round_trip_seconds_count|failures_total)\{.*\} (\d+)$/gm;
  return [...(await metrics.expose()).matchAll(counters)].reduce((sum, [, count]) => sum + Number(count), 0);
}

const story = (key: string | undefined) => async (): Promise<void> => {
  const pool: Pool = { ours: [], stock: [], metrics: new Metrics() };
  let front: GrpcFront | undefined;
  try {
    await mixedPool(key, pool);
    const [o1, o2, o3] = pool.ours as [Gossip, Gossip, Gossip];
    const [s1, s2, s3] = pool.stock as [StockAgent, StockAgent, StockAgent];

    // User events pass both ways.
    const deploy = { name: 'deploy', payload: Buffer.from('v2'), nodeFilter: '', serviceFilter: '', tagFilter: '' };
    await o2.fireEvent(deploy);
    await Promise.all(pool.stock.map((agent) => agent.says(/user-event: consul:event:deploy/)));
    await s2.rpc('event', '-coalesce=false', 'from-stock', 'x');
    await s3.says(/user-event: from-stock/);
    const seen = nextEvent(o3, (event) => event.kind === 'userEvent' && event.event.name === 'theirs');
    await s1.rpcWithBytes('event', '-coalesce=false', ['consul:event:theirs', consulEvent('theirs', 'v3')]);
    expect(await seen).toMatchObject({ event: { name: 'theirs', payload: Buffer.from('v3') } });

    // Queries pass both ways, with acks and answers.
    const acks = new Set<string>();
    const responses = new Map<string, string>();
    await repeatedly(async () => {
      const answer = await s1.rpc('query', '-timeout=1s', '-format=json', 'load', 'now');
      const { Acks, Responses } = JSON.parse(answer) as { Acks: string[]; Responses: Record<string, string> };
      for (const from of Acks) acks.add(from);
      for (const [from, response] of Object.entries(Responses)) responses.set(from, response);
      return acks.size === 6 && responses.size === 3;
    });
    expect(Object.fromEntries(responses)).toEqual({ o1: 'load=now', o2: 'load=now', o3: 'load=now' });
    front = await GrpcFront.open(o1);
    const heard = { acks: new Set<string>(), responses: new Map<string, string>() };
    const query = { name: 'who', payload: Buffer.alloc(0), nodes: [], tags: {}, relayFactor: 2, timeoutMs: 1000 };
    await repeatedly(async () => {
      // A machine that is busy beyond the deadline of the call is asked again as well.
      const outcome = await front!.client.query('lan', query).catch(() => undefined);
      if (!outcome?.ok) return false;
      for (const from of outcome.acks) heard.acks.add(from);
      for (const [from, response] of outcome.responses) heard.responses.set(from, Buffer.from(response).toString());
      return heard.acks.size === 6 && heard.responses.size === 6;
    });
    const [theirs, ofOurs] = [
      { s1: 's1', s2: 's2', s3: 's3' },
      { o1: 'who=', o2: 'who=', o3: 'who=' },
    ];
    expect(Object.fromEntries(heard.responses)).toEqual({ ...theirs, ...ofOurs });

    // Tag changes pass both ways.
    await s1.rpc('tags', '-set', 'version=2');
    await eventually(o3, 'lan', (members) => members.some(({ name, tags }) => name === 's1' && tags.version === '2'));
    await o1.setTags({ role: 'changed' });
    while ((await s2.members()).find(({ name }) => name === 'o1')?.tags.role !== 'changed');

    // The keyring is operated from either side.
    if (key !== undefined) {
      const ours = (agent: Pick<Gossip, 'keyring'>, operation: KeyOperation, wanted: string) => async () =>
        (await agent.keyring(operation, wanted))[0]!.error === undefined;
      const stocks = (agent: StockAgent, operation: string, wanted: string) => () =>
        agent.succeeds('keys', `-${operation}`, wanted);
      // Each operation once from either side: to a new key, and on to another one.
      await repeatedly(stocks(s1, 'install', THIRD_KEY));
      await repeatedly(ours(o2, 'use', THIRD_KEY));
      await repeatedly(stocks(s2, 'remove', key));
      await repeatedly(ours(front.client, 'install', OTHER_KEY));
      await repeatedly(stocks(s3, 'use', OTHER_KEY));
      await repeatedly(ours(front.client, 'remove', THIRD_KEY));
      await repeatedly(ours(o3, 'list', ''));
      const [listed] = await o3.keyring('list', '');
      expect(listed).toMatchObject({ keys: { [OTHER_KEY]: 6 }, primaryKeys: { [OTHER_KEY]: 6 } });
      await repeatedly(async () => (await s1.rpc('keys', '-list')).includes(`${OTHER_KEY}  [6/6]`));
    }

    // Crashes are detected on both sides, within the protocol's time.
    const { suspicionMult, suspicionMaxTimeoutMult } = lanDefaults;
    const before = await probesSaid(pool.metrics);
    await Promise.all([s3.kill(), o3.stop()]);
    const survivors: Pool = { ...pool, ours: [o1, o2], stock: [s1, s2] };
    const crashed = { ...ALL_ALIVE, s3: 'failed', o3: 'failed' };
    await membersAre(o1, crashed);
    const intervals = (await probesSaid(pool.metrics)) - before;
    expect(intervals).toBeLessThanOrEqual(6 + 2 + suspicionMult * suspicionMaxTimeoutMult);
    await everybodySees(survivors, crashed);

    // Restarted ones are alive again.
    const currentKey = key === undefined ? undefined : OTHER_KEY;
    pool.stock.push(await StockAgent.start('s3', addressOf(o1), { key: currentKey, port: s3.port }));
    const stockAgain = pool.stock.at(-1)!;
    const again = await startAgent('o3', { lan: { ...lan, port: o3.port('lan')! }, encryptKey: currentKey, serf: {} });
    pool.ours.push(again);
    await again.join('lan', [`127.0.0.1:${s1.port}`]);
    const whole = { ...pool, ours: [...survivors.ours, again], stock: [...survivors.stock, stockAgain] };
    await everybodySees(whole, ALL_ALIVE);

    // Good-byes are understood on both sides.
    await Promise.all([s2.rpc('leave'), o2.leave()]);
    await everybodySees(
      { ...pool, ours: [o1, again], stock: [s1, stockAgain] },
      { ...ALL_ALIVE, s2: 'left', o2: 'left' },
    );
  } finally {
    await front?.close();
    await Promise.all(pool.stock.map((agent) => agent.kill()));
    await Promise.all(pool.ours.map((agent) => agent.stop()));
  }
};

if (hasStockSerf) {
  describe('three of our agents and three stock serf agents form one pool', () => {
    it('in plaintext', story(undefined));
    it('encrypted, and through a change of keys', story(KEY));
  });
} else {
  describe('without a stock serf on the PATH', () => {
    it('the recorded vectors stand in for it', () => expect(hasStockSerf).toBe(false));
  });
}
