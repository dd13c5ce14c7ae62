import { seededRandom } from '@tribune/platform';
import type { MemberRecord } from '../core/member-table';
import { Serf, type SerfCollaborators, type SerfOutput } from './serf';
import { decodeKeyAnswer, KEY_QUERIES, encodeKeyRequest } from './key-operations';
import { decodeSerf, encodeSerf } from './serf-codec';
import { serfDefaults } from './serf-config';
import type { QueryMessage } from './serf-messages';
import { encodeTags } from './tags-codec';

const record = (name: string, octet: number): MemberRecord => ({
  name,
  host: `10.0.0.${octet}`,
  port: 8301,
  meta: encodeTags({ role: 'web' }),
  versions: [1, 5, 2, 2, 5, 5],
  incarnation: 1,
  state: 'alive',
  changedAtMs: 0,
});
const SELF = { host: '10.0.0.1', port: 8301 };

function aSerf(collaborators: Partial<SerfCollaborators> = {}, config = {}): Serf {
  const serf = new Serf(
    { ...serfDefaults, gossipIntervalMs: 200, ...config, name: 'us' },
    {
      random: seededRandom(1),
      admit: () => undefined,
      matches: (expression, text) => new RegExp(expression).test(text),
      keys: undefined,
      ...collaborators,
    },
  );
  serf.observe({ kind: 'joined', member: record('us', 1) }, 0);
  serf.observe({ kind: 'joined', member: record('them', 2) }, 0);
  serf.start(0);
  serf.takeOutputs();
  return serf;
}
const spread = (serf: Serf) => serf.takeBroadcasts(3, 1400, 9).map(({ body }) => decodeSerf(Buffer.from(body)));
const ofKind = <K extends SerfOutput['kind']>(serf: Serf, kind: K) =>
  serf.takeOutputs().filter((output): output is Extract<SerfOutput, { kind: K }> => output.kind === kind);

describe('user events', () => {
  it('are shown once and passed on once', () => {
    const serf = aSerf();
    const bytes = encodeSerf({ kind: 'userEvent', ltime: 5, name: 'e', payload: Buffer.from('p'), coalesce: false });
    serf.receive(bytes, 0);
    serf.receive(bytes, 0);
    expect(ofKind(serf, 'userEvent')).toHaveLength(1);
    expect(serf.events.clock.time).toBe(6);
    expect(spread(serf)).toEqual([decodeSerf(bytes)]);
  });

  it('that may be coalesced are passed on at once and shown after a quiet moment, the newest only', () => {
    const serf = aSerf();
    for (const ltime of [5, 6]) {
      const payload = Buffer.from(`${ltime}`);
      serf.receive(encodeSerf({ kind: 'userEvent', ltime, name: 'deploy', payload, coalesce: true }), 100);
    }
    expect(spread(serf)).toHaveLength(2);
    expect(ofKind(serf, 'userEvent')).toEqual([]);
    serf.tick(1_100);
    expect(ofKind(serf, 'userEvent')).toMatchObject([{ event: { ltime: 6 } }]);
  });

  it('of the same time are told apart by name and payload', () => {
    const serf = aSerf();
    for (const [name, payload] of [
      ['e', 'p'],
      ['e', 'q'],
      ['f', 'p'],
      ['f', 'p'],
    ] as const) {
      serf.receive(
        encodeSerf({ kind: 'userEvent', ltime: 5, name, payload: Buffer.from(payload), coalesce: false }),
        0,
      );
    }
    expect(ofKind(serf, 'userEvent')).toHaveLength(3);
  });

  it('older than the buffer are ignored', () => {
    const serf = aSerf();
    const event = (ltime: number) =>
      encodeSerf({ kind: 'userEvent', ltime, name: 'e', payload: Buffer.alloc(0), coalesce: false });
    serf.receive(event(2000), 0);
    serf.receive(event(1400), 0);
    serf.receive(event(1600), 0);
    expect(ofKind(serf, 'userEvent').map(({ event: { ltime } }) => ltime)).toEqual([2000, 1600]);
  });

  it('that are too large are refused in the words of serf', () => {
    const serf = aSerf();
    expect(serf.fireEvent('e', Buffer.alloc(512), false, 0)).toEqual({
      problem: 'user event exceeds configured limit of 512 bytes before encoding',
    });
    expect(serf.fireEvent('e', Buffer.alloc(500), false, 0)).toEqual({
      problem: 'encoded user event exceeds configured limit of 512 bytes after encoding',
    });
    expect(serf.fireEvent('e', Buffer.alloc(100), false, 0)).toMatchObject({ ltime: 1 });
  });
});

describe('intents', () => {
  it('of leaving about ourselves are overruled while we stay', () => {
    const serf = aSerf();
    serf.announceJoin(0);
    spread(serf);
    serf.receive(encodeSerf({ kind: 'leave', ltime: 50, node: 'us', prune: false }), 0);
    expect(spread(serf).at(-1)).toMatchObject({ kind: 'join', node: 'us' });
    expect(serf.book.get('us')?.status).toBe('alive');
    expect(serf.book.statusLtime('us')).toBeGreaterThan(50);
  });

  it('of leaving tell when they have spread', () => {
    const serf = aSerf();
    const done = jest.fn();
    serf.leave(0, done);
    for (let sends = 0; sends < 4; sends++) {
      expect(done).not.toHaveBeenCalled();
      serf.takeBroadcasts(3, 1400, 4);
    }
    expect(done).toHaveBeenCalledTimes(1);
  });

  it('that prune erase the failed at once and the leaving after their good-bye', () => {
    const serf = aSerf();
    serf.observe({ kind: 'departed', member: { ...record('them', 2), state: 'dead' } }, 0);
    serf.receive(encodeSerf({ kind: 'leave', ltime: 9, node: 'them', prune: true }), 0);
    expect(serf.book.get('them')).toBeUndefined();
    serf.observe({ kind: 'joined', member: record('other', 3) }, 0);
    serf.receive(encodeSerf({ kind: 'leave', ltime: 10, node: 'other', prune: true }), 0);
    expect(serf.book.get('other')?.status).toBe('leaving');
    serf.tick(6000);
    expect(serf.book.get('other')).toBeUndefined();
  });
});

describe('queries', () => {
  const query = (overrides: Partial<QueryMessage> = {}): QueryMessage => ({
    kind: 'query',
    ltime: 3,
    id: 1,
    source: { ...SELF, host: '10.0.0.2', name: 'them' },
    filters: [],
    wantsAck: true,
    noBroadcast: false,
    relayFactor: 0,
    timeoutMs: 1000,
    name: 'load',
    payload: Buffer.from('x'),
    ...overrides,
  });
  const answers = (serf: Serf) =>
    ofKind(serf, 'send').map(({ to, body }) => ({ to: to.host, ...decodeSerf(Buffer.from(body)) }));

  it('are acknowledged, answered and passed on, once', () => {
    const serf = aSerf();
    serf.receive(encodeSerf(query()), 0);
    serf.receive(encodeSerf(query()), 0);
    const outputs = serf.takeOutputs();
    const asked = outputs.flatMap((output) => (output.kind === 'query' ? [output.query] : []));
    expect(asked).toMatchObject([{ name: 'load', payload: Buffer.from('x') }]);
    expect(serf.queries.answer(asked[0]!, Buffer.from('low'))).toBeUndefined();
    const sent = [...outputs, ...serf.takeOutputs()].flatMap((output) => (output.kind === 'send' ? [output] : []));
    expect(sent.map(({ to, body }) => ({ to: to.host, ...decodeSerf(Buffer.from(body)) }))).toMatchObject([
      { to: '10.0.0.2', isAck: true, from: 'us' },
      { to: '10.0.0.2', isAck: false, from: 'us', payload: Buffer.from('low') },
    ]);
    expect(spread(serf)).toHaveLength(1);
  });

  it('are not answered at a length that others would not take', () => {
    const serf = aSerf();
    serf.receive(encodeSerf(query()), 0);
    const [asked] = ofKind(serf, 'query');
    expect(serf.queries.answer(asked!.query, Buffer.alloc(1024))).toBe('response exceeds limit of 1024 bytes');
    expect(ofKind(serf, 'send')).toEqual([]);
  });

  it.each([
    ['our name', [{ kind: 'nodes', nodes: ['us'] }], 1],
    ['other names', [{ kind: 'nodes', nodes: ['them'] }], 0],
    ['our tag', [{ kind: 'tag', tag: 'role', expression: '^w.b$' }], 1],
    ['another tag', [{ kind: 'tag', tag: 'dc', expression: 'dc1' }], 0],
  ] as const)(
    'for %s are answered only if they are meant for us, and passed on in any case',
    (_, filters, expected) => {
      const serf = aSerf();
      serf.receive(encodeSerf(query({ filters })), 0);
      expect(answers(serf)).toHaveLength(expected);
      expect(spread(serf)).toHaveLength(1);
    },
  );

  it('that must not be broadcast are not', () => {
    const serf = aSerf();
    serf.receive(encodeSerf(query({ noBroadcast: true })), 0);
    expect(spread(serf)).toEqual([]);
  });

  it('get relayed copies of each answer', () => {
    const serf = aSerf();
    for (const [i, name] of ['x', 'y', 'z'].entries())
      serf.observe({ kind: 'joined', member: record(name, 10 + i) }, 0);
    serf.receive(encodeSerf(query({ relayFactor: 2 })), 0);
    const sent = answers(serf);
    expect(sent.map(({ kind }) => kind)).toEqual(['queryResponse', 'relay', 'relay']);
    expect(new Set(sent.map(({ to }) => to)).size).toBeGreaterThan(1);
  });

  it('of ours collect each answer once and close after their time', () => {
    const serf = aSerf();
    const heard: string[] = [];
    const listener = {
      acked: (from: string) => heard.push(`ack ${from}`),
      responded: (from: string, payload: Uint8Array) => heard.push(`${from}: ${Buffer.from(payload).toString()}`),
      closed: () => heard.push('closed'),
    };
    serf.queries.ask(SELF, { name: 'q', payload: Buffer.alloc(0), wantsAck: true }, 0, listener);
    const [sent] = spread(serf) as QueryMessage[];
    const response = {
      kind: 'queryResponse',
      ltime: sent!.ltime,
      id: sent!.id,
      from: 'them',
      isAck: false,
      payload: Buffer.from('hi'),
    } as const;
    for (const copy of [response, response, { ...response, isAck: true }, { ...response, id: 999, from: 'liar' }]) {
      serf.receive(encodeSerf(copy), 0);
    }
    serf.tick(3199);
    expect(heard).toEqual(['ack us', 'them: hi', 'ack them']);
    serf.tick(3200);
    serf.receive(encodeSerf({ ...response, from: 'late' }), 0);
    expect(heard.at(-1)).toBe('closed');
    expect(heard).toHaveLength(4);
  });

  it('about keys are answered from the keyring', () => {
    const applied: string[] = [];
    const keys = {
      list: () => ({ keys: ['a2V5MQ==', 'a2V5Mg=='], primaryKey: 'a2V5MQ==' }),
      apply: (operation: string, key: Uint8Array) => {
        applied.push(`${operation} ${Buffer.from(key).toString()}`);
        return operation === 'remove' ? 'Removing the primary key is not allowed' : undefined;
      },
    };
    const serf = aSerf({ keys });
    const ask = (operation: keyof typeof KEY_QUERIES, id: number) => {
      const payload = encodeKeyRequest(Buffer.from('secret'));
      serf.receive(encodeSerf(query({ name: KEY_QUERIES[operation], id, payload, wantsAck: false })), 0);
      const [answer] = answers(serf) as unknown as { payload: Uint8Array }[];
      return decodeKeyAnswer(answer!.payload);
    };
    expect(ask('list', 1)).toEqual({ ok: true, message: '', ...keys.list() });
    expect(ask('install', 2).ok).toBe(true);
    expect(ask('remove', 3)).toMatchObject({ ok: false, message: 'Removing the primary key is not allowed' });
    expect(applied).toEqual(['install secret', 'remove secret']);
  });

  it('for a list of keys too long for one packet get a shortened one that says so', () => {
    const key = 'x'.repeat(44);
    const serf = aSerf({
      keys: { list: () => ({ keys: Array(40).fill(key), primaryKey: key }), apply: () => undefined },
    });
    serf.receive(
      encodeSerf(query({ name: KEY_QUERIES.list, wantsAck: false, payload: encodeKeyRequest(Buffer.alloc(0)) })),
      0,
    );
    const [sent] = ofKind(serf, 'send');
    expect(sent!.body.length).toBeLessThanOrEqual(1024);
    const response = decodeSerf(Buffer.from(sent!.body)) as unknown as { payload: Uint8Array };
    expect(decodeKeyAnswer(response.payload).message).toMatch(
      /^truncated key list response, showing first \d+ of 40 keys$/,
    );
  });
});

describe('a claim of our name', () => {
  const self = record('us', 1);
  const conflict = (serf: Serf, believed: (MemberRecord | undefined)[]): SerfOutput[] => {
    serf.observe({ kind: 'conflict', member: self, other: { host: '10.9.9.9', port: 8301 } }, 0);
    const sent = spread(serf).find(({ kind }) => kind === 'query') as QueryMessage;
    believed.forEach((member, i) => {
      // Another member answers with what it believes: its own serf layer makes the answer.
      const other = aSerf({}, {});
      const voter = new Serf(
        { ...serfDefaults, gossipIntervalMs: 200, name: `voter${i}` },
        { random: seededRandom(i), admit: () => undefined, matches: () => true, keys: undefined },
      );
      if (member) voter.observe({ kind: 'joined', member }, 0);
      voter.receive(encodeSerf(sent), 0);
      for (const { body } of ofKind(voter, 'send')) serf.receive(Buffer.from(body), 0);
      other.takeOutputs();
    });
    serf.tick(60_000);
    return serf.takeOutputs().filter(({ kind }) => kind === 'nameLost');
  };
  const usurper = { ...self, host: '10.9.9.9' };

  it('is decided by the majority', () => {
    expect(conflict(aSerf(), [self, self, usurper])).toEqual([]);
    expect(conflict(aSerf(), [self, usurper, usurper])).toEqual([{ kind: 'nameLost' }]);
  });

  it('changes nothing when nobody answers', () => {
    expect(conflict(aSerf(), [])).toEqual([]);
  });
});

describe('state exchanges', () => {
  it('bring leaves, clocks and events to the other side', () => {
    const [from, to] = [aSerf(), aSerf()];
    from.announceJoin(0);
    from.receive(encodeSerf({ kind: 'leave', ltime: 20, node: 'them', prune: false }), 0);
    from.observe({ kind: 'departed', member: { ...record('them', 2), state: 'dead' } }, 0);
    from.fireEvent('old', Buffer.alloc(0), false, 0);
    to.observe({ kind: 'departed', member: { ...record('them', 2), state: 'dead' } }, 0);
    to.takeOutputs();
    to.mergeState(from.state(), false, 0);
    expect(to.book.get('them')?.status).toBe('left');
    expect(to.clock.time).toBeGreaterThanOrEqual(20);
    expect(ofKind(to, 'userEvent').map(({ event }) => event.name)).toEqual(['old']);
  });

  it('at a join do not show what happened before', () => {
    const [from, to] = [aSerf(), aSerf()];
    from.fireEvent('old', Buffer.alloc(0), false, 0);
    to.mergeState(from.state(), true, 0);
    expect(ofKind(to, 'userEvent')).toEqual([]);
    from.fireEvent('new', Buffer.alloc(0), false, 0);
    to.mergeState(from.state(), false, 0);
    expect(ofKind(to, 'userEvent').map(({ event }) => event.name)).toEqual(['new']);
  });
});

describe('failed members', () => {
  it('are tried again, and forgotten after their time', () => {
    const serf = aSerf();
    serf.observe({ kind: 'departed', member: { ...record('them', 2), state: 'dead' } }, 0);
    serf.takeOutputs();
    let tries = 0;
    for (let nowMs = 0; nowMs <= 600_000; nowMs += 15_000) {
      serf.tick(nowMs);
      tries += ofKind(serf, 'reconnect').length;
    }
    expect(tries).toBeGreaterThanOrEqual(15);
    serf.tick(serfDefaults.reconnectTimeoutMs + 20_000);
    expect(ofKind(serf, 'member').map(({ change }) => change.kind)).toEqual(['reap']);
  });
});
