import { lanDefaults, type Profile } from '../src';
import { addressOf, answerQueries, eventually, membersAre, startAgent, stopAgents } from './pool-of-agents';
import { hasStockSerf, StockAgent } from './stock-agent';
import type { Gossip, GossipOptions } from '../src';

const KEY = Buffer.alloc(32, 5).toString('base64');
const OTHER_KEY = Buffer.alloc(32, 6).toString('base64');
jest.setTimeout(120_000);

/** LAN timing, with frequent state exchanges: they repair what gossip happened to miss. */
const overrides: Partial<Profile> = { pushPullIntervalMs: 1000 };
const lan = { port: 0, profile: 'lan', overrides } as const;

/** Queries reach everybody only with high probability: what counts is that they can. */
async function repeatedly(succeeds: () => Promise<boolean>): Promise<void> {
  while (!(await succeeds())) continue;
}

interface Pool {
  readonly ours: Gossip[];
  readonly stock: StockAgent[];
}

const ALL_ALIVE = { o1: 'alive', o2: 'alive', o3: 'alive', s1: 'alive', s2: 'alive', s3: 'alive' };

/** Three of our agents and three of Debian's `serf agent`. */
async function mixedPool(key: string | undefined, started: StockAgent[]): Promise<Pool> {
  const options: Partial<GossipOptions> = { lan, encryptKey: key, serf: {} };
  const ours = await Promise.all(['o1', 'o2', 'o3'].map((name) => startAgent(name, options)));
  await Promise.all(ours.map((agent) => answerQueries(agent, (name, payload) => `${name}=${payload}`)));
  for (const agent of ours.slice(1)) await agent.join('lan', [addressOf(ours[0]!)]);
  for (const [i, name] of ['s1', 's2', 's3'].entries())
    started.push(await StockAgent.start(name, addressOf(ours[i]!), { key }));
  await everybodySees({ ours, stock: started }, ALL_ALIVE);
  return { ours, stock: started };
}

async function everybodySees({ ours, stock }: Pool, expected: Readonly<Record<string, string>>): Promise<void> {
  await Promise.all([
    ...ours.map((agent) => membersAre(agent, expected)),
    ...stock.map((agent) => agent.membersAre(expected)),
  ]);
}

const story = (key: string | undefined) => async (): Promise<void> => {
  const started: StockAgent[] = [];
  try {
    const pool = await mixedPool(key, started);
    const [o1, o2, o3] = pool.ours as [Gossip, Gossip, Gossip];
    const [s1, s2, s3] = pool.stock as [StockAgent, StockAgent, StockAgent];

    // User events pass both ways.
    const deploy = { name: 'deploy', payload: Buffer.from('v2'), nodeFilter: '', serviceFilter: '', tagFilter: '' };
    await o2.fireEvent(deploy);
    await Promise.all(pool.stock.map((agent) => agent.says(/user-event: consul:event:deploy/)));
    await s2.rpc('event', '-coalesce=false', 'from-stock', 'x');
    await s3.says(/user-event: from-stock/);

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
    const heard = new Set<string>();
    const query = { name: 'who', payload: Buffer.alloc(0), wantsAck: true, timeoutMs: 1000 };
    const hasAll = (): boolean => heard.size === 6;
    await repeatedly(async () => {
      await o1.pool('lan')!.query(query, { acked: (from) => heard.add(from) }, hasAll);
      return hasAll();
    });

    // Tag changes pass both ways.
    await s1.rpc('tags', '-set', 'version=2');
    await eventually(o3, 'lan', (members) => members.some(({ name, tags }) => name === 's1' && tags.version === '2'));
    await o1.setTags({ role: 'changed' });
    while ((await s2.members()).find(({ name }) => name === 'o1')?.tags.role !== 'changed');

    // The keyring is operated from either side.
    if (key !== undefined) {
      const done = async (agent: Gossip, operation: 'use' | 'list'): Promise<boolean> =>
        (await agent.keyring(operation, OTHER_KEY))[0]!.error === undefined;
      await repeatedly(() => s1.succeeds('keys', '-install', OTHER_KEY));
      await repeatedly(() => done(o2, 'use'));
      await repeatedly(() => s2.succeeds('keys', '-remove', key));
      await repeatedly(() => done(o3, 'list'));
      const [listed] = await o3.keyring('list', '');
      expect(Object.keys(listed!.keys)).toEqual([OTHER_KEY]);
    }

    // Crashes are detected on both sides, within the protocol's time.
    const { probeIntervalMs, suspicionMult, suspicionMaxTimeoutMult } = lanDefaults;
    const boundMs = probeIntervalMs * (6 + 2 + suspicionMult * suspicionMaxTimeoutMult);
    const killedAt = performance.now();
    await Promise.all([s3.kill(), o3.stop()]);
    const survivors: Pool = { ours: [o1, o2], stock: [s1, s2] };
    await everybodySees(survivors, { ...ALL_ALIVE, s3: 'failed', o3: 'failed' });
    expect(performance.now() - killedAt).toBeLessThan(boundMs);

    // Restarted ones are alive again.
    const currentKey = key === undefined ? undefined : OTHER_KEY;
    started.push(await StockAgent.start('s3', addressOf(o1), { key: currentKey, port: s3.port }));
    const again = await startAgent('o3', { lan: { ...lan, port: o3.port('lan')! }, encryptKey: currentKey, serf: {} });
    await again.join('lan', [`127.0.0.1:${s1.port}`]);
    await everybodySees({ ours: [...survivors.ours, again], stock: [...survivors.stock, started.at(-1)!] }, ALL_ALIVE);

    // Good-byes are understood on both sides.
    await Promise.all([s2.rpc('leave'), o2.leave()]);
    await everybodySees({ ours: [o1, again], stock: [s1, started.at(-1)!] }, { ...ALL_ALIVE, s2: 'left', o2: 'left' });
  } finally {
    await Promise.all(started.map((agent) => agent.kill()));
    await stopAgents();
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
