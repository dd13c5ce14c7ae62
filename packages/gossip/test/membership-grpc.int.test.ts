import type { MembershipClient, MembershipEvent } from '@tribune/protocol';
import { GrpcFront } from './grpc-front';
import { addressOf, answerQueries, membersAre, startAgent, startPool, stopAgents } from './pool-of-agents';
import type { Gossip } from '../src';

describe('membership.v1 over gRPC', () => {
  let agents: Gossip[];
  let front: GrpcFront;
  let client: MembershipClient;

  beforeEach(async () => {
    agents = await startPool(['a', 'b']);
    front = await GrpcFront.open(agents[0]!);
    ({ client } = front);
  });
  afterEach(async () => {
    await front.close();
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
    await answerQueries(client, (name, payload) => `a: ${name}${payload}`);
    await answerQueries(agents[1]!, (name, payload) => `b: ${name}${payload}`);
    const nodes: string[] = [];
    const query = { name: 'who', payload: Buffer.from('?'), nodes, tags: {}, relayFactor: 0, timeoutMs: 60_000 };
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

  it('shows queries to whoever listens, of these names only, and takes the first answer in time', async () => {
    const abort = new AbortController();
    const heard = client.queries(['load'], abort.signal)[Symbol.asyncIterator]();
    expect((await heard.next()).value).toEqual({ kind: 'listening' });
    const query = { nodes: ['a'], tags: {}, relayFactor: 0, payload: Buffer.from('?') };
    void agents[1]!.query('lan', { ...query, name: 'other', timeoutMs: 100 });
    const asking = agents[1]!.query('lan', { ...query, name: 'load', timeoutMs: 30_000 });
    const { value } = await heard.next();
    const asked = { pool: 'lan', name: 'load', payload: Buffer.from('?'), from: 'b', timeoutMs: 30_000 };
    expect(value).toMatchObject({ kind: 'query', query: asked });
    const { id } = value.query;
    const tooLong = { ok: false, reason: 'response exceeds limit of 1024 bytes' };
    expect(await client.answerQuery(id, Buffer.alloc(1025))).toEqual(tooLong);
    expect(await client.answerQuery(id, Buffer.from('low'))).toEqual({ ok: true });
    expect(await asking).toEqual({ ok: true, acks: ['a'], responses: new Map([['a', Buffer.from('low')]]) });
    const over = { ok: false, reason: 'response already sent, or the query is over' };
    expect(await client.answerQuery(id, Buffer.from('high'))).toEqual(over);
    abort.abort();
    expect((await heard.next()).done).toBe(true);
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
        if (kind === 'snapshot') front.service.close();
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
