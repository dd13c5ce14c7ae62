import { LTIME_MAX, decodeSerf, decodeSerfState, encodeSerf, encodeSerfState } from './serf-codec';
import type { QueryMessage, SerfMessage } from './serf-messages';

const query: QueryMessage = {
  kind: 'query',
  ltime: 7,
  id: 4_000_000_000,
  source: { host: '2001:db8::1', port: 8301, name: 'a' },
  filters: [
    { kind: 'nodes', nodes: ['a', 'b'] },
    { kind: 'tag', tag: 'role', expression: '^web$' },
  ],
  wantsAck: true,
  noBroadcast: true,
  relayFactor: 3,
  timeoutMs: 3200,
  name: 'load',
  payload: Buffer.from('x'),
};
const MESSAGES: SerfMessage[] = [
  { kind: 'leave', ltime: 1, node: 'a', prune: true },
  { kind: 'join', ltime: 2 ** 40, node: 'b' },
  { kind: 'userEvent', ltime: 3, name: 'deploy', payload: Buffer.from('v1'), coalesce: true },
  query,
  { kind: 'queryResponse', ltime: 7, id: 9, from: 'b', isAck: false, payload: Buffer.from('ok') },
  { kind: 'relay', to: { host: '10.0.0.9', port: 8301 }, name: 'c', body: Buffer.from('inner') },
];

describe('serf messages', () => {
  it.each(MESSAGES.map((message) => [message.kind, message] as const))('%s comes back as it was', (_, message) => {
    expect(decodeSerf(encodeSerf(message))).toEqual(message);
  });

  it('with a filter of an unknown kind are for nobody, but still queries', () => {
    const bytes = encodeSerf({ ...query, filters: [{ kind: 'nodes', nodes: ['a'] }] });
    const at = bytes.indexOf(Buffer.from('a40091a161', 'hex'));
    bytes[at + 1] = 9;
    expect(decodeSerf(bytes)).toMatchObject({ name: 'load', filters: undefined });
  });

  it('with a Lamport time that could break the clock are refused', () => {
    expect(decodeSerf(encodeSerf({ kind: 'join', ltime: LTIME_MAX, node: 'a' }))).toBeDefined();
    expect(() => decodeSerf(encodeSerf({ kind: 'join', ltime: LTIME_MAX + 1, node: 'a' }))).toThrow(/LTime/);
  });

  it('with an event too large to remember are refused', () => {
    const event = { kind: 'userEvent', ltime: 1, name: 'e', payload: Buffer.alloc(9 * 1024), coalesce: false } as const;
    expect(() => decodeSerf(encodeSerf(event))).toThrow(/event in bytes exceeds limit/);
  });

  it('of an unknown type are refused', () => {
    expect(() => decodeSerf(Buffer.of(77, 0x80))).toThrow(/not supported/);
  });
});

describe('the serf part of a state exchange', () => {
  it('comes back as it was', () => {
    const state = {
      ltime: 5,
      statusLtimes: new Map([
        ['a', 3],
        ['b', 4],
      ]),
      leftMembers: ['b'],
      eventLtime: 9,
      events: [{ ltime: 8, events: [{ name: 'e', payload: Buffer.from('p') }] }],
      queryLtime: 2,
    };
    expect(decodeSerfState(encodeSerfState(state))).toEqual(state);
  });
});
