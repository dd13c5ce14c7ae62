import { silentLogger } from '@tribune/platform';
import { serverOf } from '@tribune/protocol';
import { SimClock } from '@tribune/testkit';
import type { Server } from '../core/message';
import { FakePool, fakeMembership, member, serverMember } from '../testing/fake-membership';
import { ExpectBootstrap, gather } from './bootstrap';
import { LanMembers, type GossipServer } from './lan-members';

const server = (name: string, expect = 3) =>
  serverMember({ name, id: `${name}-id`, rpcPort: name.charCodeAt(0), expect });
const seen = (...members: ReturnType<typeof server>[]): GossipServer[] =>
  members.map((each) => ({ ...serverOf(each)!, name: each.name, status: each.status }));

describe('who founds a datacenter', () => {
  it('is nobody until enough servers have met', () => {
    expect(gather(seen(server('a'), server('b')), 3)).toMatchObject({
      kind: 'waiting',
      reason: '2 of 3 servers have met',
    });
  });

  it('are all that have met, in one order', () => {
    const gathering = gather(seen(server('c'), server('a'), server('b')), 3);
    expect(gathering.kind === 'complete' && gathering.servers.map(({ id }) => id)).toEqual(['a-id', 'b-id', 'c-id']);
  });

  it('is nobody while somebody expects another number', () => {
    expect(gather(seen(server('a'), server('b'), server('c', 5)), 3)).toMatchObject({
      kind: 'conflict',
      reason: 'c expects 5 servers, this one 3',
    });
  });

  it('is nobody beside a server that founds alone', () => {
    const alone = member('z', { tags: { ...server('z').tags, bootstrap: '1' } });
    expect(gather(seen(server('a'), server('b'), alone), 2).kind).toBe('conflict');
  });

  it('are not those that failed', () => {
    expect(gather(seen(server('a', 2), { ...server('b', 2), status: 'failed' }), 2).kind).toBe('waiting');
  });
});

describe('founding by bootstrap_expect', () => {
  const clock = new SimClock();
  const peersOf = new Map<string, readonly string[]>();
  let members: LanMembers;
  let pool: FakePool;
  const written = new Map<string, readonly Server[]>();

  beforeEach(async () => {
    pool = new FakePool();
    peersOf.clear();
    written.clear();
    members = new LanMembers('dc1', { membership: fakeMembership(pool, 'a'), clock, logger: silentLogger });
    await members.start();
  });
  afterEach(() => members.stop());

  const run = (id: string): ExpectBootstrap => {
    const bootstrap = new ExpectBootstrap(
      { id, expect: 3 },
      {
        target: {
          status: () => ({ hasConfiguration: written.has(id) }),
          bootstrap: async (servers) => void written.set(id, servers),
        },
        members,
        async statusOf(address) {
          const peers = peersOf.get(address);
          if (!peers) throw new Error(`${address} does not answer`);
          return { peers };
        },
        clock,
        logger: silentLogger,
      },
    );
    bootstrap.start();
    return bootstrap;
  };
  const addresses = ['a', 'b', 'c'].map((name) => `127.0.0.1:${name.charCodeAt(0)}`);

  it('has one author, who asks everybody first', async () => {
    for (const address of addresses) peersOf.set(address, []);
    const all = ['a-id', 'b-id', 'c-id'].map(run);
    pool.set(server('a'));
    pool.set(server('b'));
    await clock.elapse(5_000);
    expect(written.size).toBe(0);
    pool.set(server('c'));
    await clock.elapse(1_000);
    expect([...written.keys()]).toEqual(['a-id']);
    expect(written.get('a-id')!.map(({ address }) => address)).toEqual(addresses);
    for (const each of all) each.stop();
  });

  it('waits while one of them does not answer', async () => {
    peersOf.set(addresses[1]!, []);
    const author = run('a-id');
    for (const name of ['a', 'b', 'c']) pool.set(server(name));
    await clock.elapse(5_000);
    expect(written.size).toBe(0);
    peersOf.set(addresses[2]!, []);
    await clock.elapse(1_000);
    expect(written.size).toBe(1);
    author.stop();
  });

  it('does not happen beside a datacenter that exists', async () => {
    for (const address of addresses) peersOf.set(address, []);
    peersOf.set(addresses[1]!, addresses);
    const author = run('a-id');
    for (const name of ['a', 'b', 'c']) pool.set(server(name));
    await clock.elapse(5_000);
    expect(written.size).toBe(0);
    author.stop();
  });
});
