import type { Clock } from '@tribune/platform';
import type { QueryEvent } from '@tribune/protocol';
import type { QueryMessage } from '../serf/serf-messages';
import { QueryInbox } from './query-inbox';

const query = (name: string, timeoutMs = 1000): QueryMessage => ({
  kind: 'query',
  ltime: 7,
  id: 1,
  source: { host: '10.0.0.2', port: 1, name: 'asker' },
  filters: [],
  wantsAck: false,
  noBroadcast: false,
  relayFactor: 0,
  timeoutMs,
  name,
  payload: Buffer.from('x'),
});

describe('the inbox of queries', () => {
  const abort = new AbortController();
  let nowMs: number;
  let inbox: QueryInbox;
  let sent: string[];
  const receive = (asked: QueryMessage): void =>
    inbox.receive('lan', asked, ({ name }, payload) => void sent.push(`${name}=${Buffer.from(payload).toString()}`));
  const answer = (id: string) => inbox.answer(id, Buffer.from('low'));

  /** Begins to listen, and gives the queries that come. */
  async function listen(...names: string[]): Promise<() => Promise<QueryEvent>> {
    const events = inbox.watch(names, abort.signal);
    await events.next();
    return async () => (await events.next()).value as QueryEvent;
  }

  beforeEach(() => {
    nowMs = 0;
    inbox = new QueryInbox({ monotonicMs: () => nowMs } as Clock);
    sent = [];
  });

  it('shows a query and takes one answer', async () => {
    const next = await listen();
    receive(query('load'));
    const shown = { id: '1', pool: 'lan', name: 'load', payload: Buffer.from('x'), from: 'asker', ltime: 7 };
    expect(await next()).toEqual({ kind: 'query', query: { ...shown, timeoutMs: 1000 } });
    expect(answer('1')).toEqual({ ok: true });
    expect(answer('1')).toEqual({ ok: false, reason: 'response already sent, or the query is over' });
    expect(sent).toEqual(['load=low']);
  });

  it('shows every listener the names it wants', async () => {
    const [all, some] = [await listen(), await listen('b')];
    for (const name of ['a', 'b']) receive(query(name));
    expect(await all()).toMatchObject({ query: { name: 'a' } });
    expect(await some()).toMatchObject({ query: { name: 'b' } });
  });

  it('refuses an answer that is late', async () => {
    await listen();
    receive(query('load', 100));
    nowMs += 101;
    expect(answer('1')).toEqual({ ok: false, reason: 'response is past the deadline' });
    expect(sent).toEqual([]);
  });

  it('keeps a query open whose answer was refused', async () => {
    await listen();
    inbox.receive('lan', query('load'), (_, { length }) => (length > 3 ? 'too long' : undefined));
    expect(inbox.answer('1', Buffer.from('long'))).toEqual({ ok: false, reason: 'too long' });
    expect(answer('1')).toEqual({ ok: true });
  });

  it('keeps nothing while nobody listens, and the newest 1024 otherwise', async () => {
    receive(query('unheard'));
    expect(answer('1').ok).toBe(false);
    await listen();
    for (let i = 0; i <= 1024; i++) receive(query('load'));
    expect([answer('1').ok, answer('2').ok, answer('1025').ok]).toEqual([false, true, true]);
  });
});
