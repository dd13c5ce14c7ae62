import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@tribune/testkit';
import type { Gossip } from '../src';
import { hasStockConsul, StockConsul, type ConsulMember } from '../src/soak/stock-consul';
import { addressOf, eventually, membersAre, nextEvent, startAgent, stopAgents } from './pool-of-agents';

const KEY = Buffer.alloc(32, 5).toString('base64');
const OTHER_KEY = Buffer.alloc(32, 6).toString('base64');

/** serf.MemberStatus. */
const [ALIVE, LEFT, FAILED] = [1, 3, 4];
const ID: Readonly<Record<string, string>> = {
  a: '00000000-0000-0000-0000-00000000000a',
  b: '00000000-0000-0000-0000-00000000000b',
  c: '00000000-0000-0000-0000-00000000000c',
};

const tags = (id: string) => ({
  role: 'node',
  dc: 'dc1',
  id,
  segment: '',
  vsn: '2',
  vsn_min: '2',
  vsn_max: '3',
  build: '1.8.7:tribune',
});

const story = (key: string | undefined) => async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'tribune-consul-'));
  let consul: StockConsul | undefined;
  try {
    const lan = { port: 0, profile: 'lan' } as const;
    const start = (name: string, port = 0, encryptKey = key): Promise<Gossip> =>
      startAgent(name, { lan: { ...lan, port }, encryptKey, serf: {}, tags: tags(ID[name]!) });
    const [a, c] = (await Promise.all(['a', 'c'].map((name) => start(name)))) as [Gossip, Gossip];
    const b = await start('b', await freePort());
    for (const agent of [b, c]) await agent.join('lan', [addressOf(a)]);
    consul = await StockConsul.start({ dataDir: folder, join: addressOf(a), key });
    const sees = (what: (members: ConsulMember[]) => boolean): Promise<void> =>
      consul!.until<ConsulMember[]>('/v1/agent/members', what);
    const status = (name: string, wanted: number): Promise<void> =>
      sees((members) => members.some(({ Name, Status }) => Name === name && Status === wanted));
    const serfHealth = (name: string, wanted: string): Promise<void> =>
      consul!.until<{ CheckID: string; Status: string }[]>(`/v1/health/node/${name}`, (checks) =>
        checks.some(({ CheckID, Status }) => CheckID === 'serfHealth' && Status === wanted),
      );
    const everybody = { a: 'alive', b: 'alive', c: 'alive', stock: 'alive' };
    await Promise.all([a, b, c].map((agent) => membersAre(agent, everybody)));

    // Consul takes our agents for agents: in its member list, and as healthy nodes in its catalog.
    await sees((members) => members.filter(({ Status }) => Status === ALIVE).length === 4);
    await Promise.all(['a', 'b', 'c'].map((name) => serfHealth(name, 'passing')));

    // Events pass both ways.
    const event = { name: 'ours', payload: Buffer.from('p'), nodeFilter: '', serviceFilter: '', tagFilter: '' };
    await a.fireEvent(event);
    await consul.until<{ Name: string; Payload: string }[]>('/v1/event/list', (events) => {
      return events.some(({ Name, Payload }) => Name === 'ours' && Payload === 'cA==');
    });
    const heard = nextEvent(b, (seen) => seen.kind === 'userEvent' && seen.event.name === 'theirs');
    await consul.cli('event', '-name=theirs', 'payload');
    expect(await heard).toMatchObject({ event: { name: 'theirs', payload: Buffer.from('payload'), version: 1 } });

    // Queries pass both ways: the keyring is asked for with them.
    if (key !== undefined) {
      expect(await consul.cli('keyring', '-list')).toContain(`${key} [4/4]`);
      expect((await a.keyring('list', ''))[0]).toMatchObject({ keys: { [key]: 4 }, numNodes: 4 });
      // Each operation from one side; the others take part in all of them.
      await consul.cli('keyring', `-install=${OTHER_KEY}`);
      expect((await a.keyring('use', OTHER_KEY))[0]!.error).toBeUndefined();
      await consul.cli('keyring', `-remove=${key}`);
      expect(await consul.cli('keyring', '-list')).toContain(`${OTHER_KEY} [4/4]`);
    }

    // A tag that changes here shows there.
    await a.setTags({ ...tags(ID.a!), build: '1.8.7:changed' });
    await sees((members) => members.some(({ Name, Tags }) => Name === 'a' && Tags.build === '1.8.7:changed'));

    // One of ours leaves, one crashes and comes back.
    await c.leave();
    await status('c', LEFT);
    await c.stop();
    await b.stop();
    await Promise.all([status('b', FAILED), serfHealth('b', 'critical')]);
    const again = await start('b', b.port('lan'), key && OTHER_KEY);
    await again.join('lan', [addressOf(a)]);
    await Promise.all([status('b', ALIVE), serfHealth('b', 'passing')]);

    // Consul crashes, and comes back with another tag; then it leaves.
    await consul.kill();
    await membersAre(a, { ...everybody, c: 'left', stock: 'failed' });
    consul.start('raft_protocol = 2');
    await eventually(a, 'lan', (members) =>
      members.some(({ name, status: now, tags: its }) => name === 'stock' && now === 'alive' && its.raft_vsn === '2'),
    );
    await status('a', ALIVE);
    await consul.cli('leave');
    await membersAre(a, { ...everybody, c: 'left', stock: 'left' });
  } finally {
    await consul?.kill();
    await stopAgents();
    await rm(folder, { recursive: true, force: true });
  }
};

if (hasStockConsul) {
  describe('three of our agents and a stock consul server form one pool', () => {
    it('in plaintext', story(undefined));
    it('encrypted', story(KEY));
  });
} else {
  describe('without a stock consul on the PATH', () => {
    it('the recorded vectors stand in for it', () => expect(hasStockConsul).toBe(false));
  });
}
