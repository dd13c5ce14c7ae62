import { silentLogger } from '@tribune/platform';
import {
  connectMembership,
  GrpcServer,
  MembershipService,
  type MembershipClient,
  type MembershipEvent,
} from '@tribune/protocol';
import { addressOf, membersAre, startAgent, startPool, stopAgents } from './pool-of-agents';
import type { Gossip } from '../src';

describe('membership.v1 over gRPC', () => {
  let agents: Gossip[];
  let server: GrpcServer;
  let service: MembershipService;
  let client: MembershipClient;

  beforeEach(async () => {
    agents = await startPool(['a', 'b'], {}, (self) => ({
      answerQuery: (name, payload) => Buffer.from(`${self}: ${name}${Buffer.from(payload).toString()}`),
    }));
    service = new MembershipService({ api: agents[0]!, logger: silentLogger });
    server = new GrpcServer({ address: '127.0.0.1:0' }, silentLogger);
    server.add('tribune.membership.v1.Membership', service.implementation());
    await server.start();
    client = connectMembership({ address: `127.0.0.1:${server.port}` });
  });
  afterEach(async () => {
    client.close();
    service.close();
    await server.stop();
    await stopAgents();
  });

  it('says the same as the pool itself', async () => {
    const [a] = agents as [Gossip];
    expect(await client.members('lan')).toEqual(await a.members('lan'));
    expect(await client.members('wan')).toEqual([]);
    expect(await client.localMember()).toEqual(await a.localMember());
    expect(Object.keys(await client.stats())).toEqual(['serf_lan']);
    expect(await client.coordinate('lan', 'nobody')).toBeUndefined();
    expect((await client.coordinate('lan', 'a'))?.vec).toHaveLength(8);
    expect(await client.forceLeave('lan', 'nobody', false)).toBe('unknown');
    expect(await client.keyring('list', '')).toEqual(await a.keyring('list', ''));
  });

  it('fires events and refuses what the pool refuses', async () => {
    const event = { name: 'e', payload: Buffer.from('p'), nodeFilter: '', serviceFilter: '', tagFilter: '' };
    const fired = await client.fireEvent(event);
    expect(fired).toMatchObject({ ok: true, event: { name: 'e', ltime: 0 } });
    expect(await client.events()).toMatchObject([{ name: 'e', payload: Buffer.from('p'), ltime: 1 }]);
    expect(await client.fireEvent({ ...event, name: '' })).toEqual({ ok: false, reason: 'User event missing name' });
  });

  it('asks the members, all or some, and says why it does not', async () => {
    const nodes: string[] = [];
    const query = { name: 'who', payload: Buffer.from('?'), nodes, tags: {}, relayFactor: 0, timeoutMs: 2_000 };
    const names = async (asked: Partial<typeof query & { nodes: string[] }>): Promise<unknown> => {
      const outcome = await client.query('lan', { ...query, ...asked });
      return outcome.ok
        ? Object.fromEntries([...outcome.responses].map(([k, v]) => [k, Buffer.from(v).toString()]))
        : outcome;
    };
    expect(await names({})).toEqual({ a: 'a: who?', b: 'b: who?' });
    expect(await names({ nodes: ['b'] })).toEqual({ b: 'b: who?' });
    expect(await client.query('lan', { ...query, tags: { role: '^nobody$' }, timeoutMs: 200 })).toEqual({
      ok: true,
      acks: [],
      responses: new Map(),
    });
    const reserved = 'query names that begin with _serf_ are reserved';
    expect(await names({ name: '_serf_list-keys' })).toEqual({ ok: false, reason: reserved });
    expect(await names({ payload: Buffer.alloc(2_000) })).toEqual({
      ok: false,
      reason: 'query exceeds limit of 1024 bytes',
    });
    expect(await client.query('wan', query)).toEqual({ ok: false, reason: 'this agent is not in the pool' });
  });

  it('watches: a snapshot, then changes, until told to stop', async () => {
    const abort = new AbortController();
    const seen: MembershipEvent[] = [];
    const c = await startAgent('c');
    for await (const event of client.watch(abort.signal)) {
      seen.push(event);
      if (event.kind === 'snapshot') expect((await client.join('lan', [addressOf(c)])).joined).toBe(1);
      if (event.kind === 'join' && event.member.name === 'c') abort.abort();
    }
    expect(seen[0]).toMatchObject({ kind: 'snapshot', pool: 'lan', members: [{ name: 'a' }, { name: 'b' }] });
  });

  it('ends a watch with an error when the service goes away', async () => {
    const watching = (async () => {
      for await (const { kind } of client.watch(new AbortController().signal)) {
        if (kind === 'snapshot') service.close();
      }
    })();
    await expect(watching).rejects.toThrow(/the service stops/);
  });

  it('changes tags and leaves', async () => {
    await client.setTags({ role: 'consul' });
    expect((await client.localMember()).tags).toEqual({ role: 'consul' });
    await client.leave();
    await membersAre(agents[1]!, { a: 'left', b: 'alive' });
  });
});
