import { seededRandom } from '@tribune/platform';
import type { StateExchange } from '../../core/messages';
import { Keyring } from '../keyring/keyring';
import { StreamInbox } from '../stream-inbox';
import { atOnce } from '../turns';
import { labelHeader } from './label';
import { MessageType } from './message-types';
import { MsgpackWriter } from './msgpack-writer';
import {
  STATES_PER_TURN,
  StreamFraming,
  decodeExchange,
  decodeStreamError,
  decodeUserStream,
  encodeExchange as encodeSteps,
  encodeStreamError,
  encodeUserStream,
  openStream as openSteps,
  sealStream,
  type StreamSecurity,
} from './stream-codec';

const encodeExchange = (sent: StateExchange): Buffer => atOnce(encodeSteps(sent));
const openStream = (bytes: Buffer, security: StreamSecurity): Buffer => atOnce(openSteps(bytes, security));
const exchange = (members: number): StateExchange => ({
  join: true,
  states: Array.from({ length: members }, (_, i) => ({
    name: `node-${i}`,
    host: `10.0.${i >> 8}.${i & 255}`,
    port: 8301,
    meta: Buffer.of(255, i & 255),
    incarnation: i,
    state: (['alive', 'suspect', 'dead', 'left'] as const)[i % 4]!,
    versions: [1, 5, 2, 2, 5, 4],
  })),
  userState: Buffer.from('serf state'),
});
const decode = (body: Buffer): { turns: number; result: StateExchange } => {
  const decoding = decodeExchange(body, 8301);
  for (let turns = 1; ; turns++) {
    const turn = decoding.next();
    if (turn.done) return { turns, result: turn.value };
  }
};
const security = (keyring?: Keyring) => ({ label: 'pool', keyring, verifyIncoming: true, verifyOutgoing: true });
const keyring = new Keyring([Buffer.alloc(16, 3)]);

describe('state exchanges', () => {
  it.each([0, 1, 3, 2000])('with %i members come back as they were', (members) => {
    const sent = exchange(members);
    const { turns, result } = decode(openStream(sealStream(encodeExchange(sent), security()), security()));
    expect(result).toEqual(sent);
    expect(turns).toBe(1 + Math.floor(members / STATES_PER_TURN));
  });

  it('are sealed with their header and label', () => {
    const sealed = sealStream(encodeExchange(exchange(3)), security(keyring));
    expect(decode(openStream(sealed, security(keyring))).result).toEqual(exchange(3));
    expect(() => openStream(sealed, { ...security(keyring), label: 'other' })).toThrow(/no installed key/);
    expect(() => openStream(sealed, security())).toThrow(/encryption is not configured/);
    expect(() => openStream(encodeExchange(exchange(3)), security(keyring))).toThrow(/remote state is not encrypted/);
  });

  it('refuse counts beyond the limits before anything is allocated', () => {
    const header = (nodes: number, userState: number): Buffer => {
      const out = new MsgpackWriter().byte(MessageType.pushPull).map(3).raw('Nodes').integer(nodes);
      return out.raw('UserStateLen').integer(userState).raw('Join').flag(false).finish();
    };
    expect(() => decode(header(2_000_000, 0))).toThrow(/number of nodes exceeds limit/);
    expect(() => decode(header(0, 2 ** 31))).toThrow(/user state in bytes exceeds limit/);
    expect(() => new StreamFraming().complete(header(2_000_000, 0))).toThrow(/number of nodes/);
    expect(() => decode(header(3, 0))).toThrow(/cut short/);
  });
});

describe('the framing of streams', () => {
  const messages: [string, Buffer][] = [
    ['a state exchange', encodeExchange(exchange(5))],
    ['a compressed exchange', encodeExchange(exchange(300))],
    ['an encrypted exchange', sealStream(encodeExchange(exchange(5)), security(keyring))],
    ['a user message', encodeUserStream(Buffer.from('hello'))],
    ['an error', encodeStreamError('no')],
  ];

  it.each(messages)('finds the end of %s, however it arrives', (_, message) => {
    const random = seededRandom(message.length);
    const bytes = Buffer.concat([labelHeader('pool'), message]);
    for (let round = 0; round < 20; round++) {
      const inbox = new StreamInbox('pool');
      let body: Buffer | undefined;
      for (let at = 0; at < bytes.length && !body;) {
        const size = 1 + random.integer(Math.max(2, bytes.length >> 2));
        body = inbox.push(bytes.subarray(at, at + size));
        at += size;
        if (at < bytes.length) expect(body).toBeUndefined();
      }
      expect(body?.equals(message)).toBe(true);
    }
  });

  it('refuses another label, a missing one and types that do not belong here', () => {
    expect(() => new StreamInbox('a').push(Buffer.concat([labelHeader('b'), messages[0]![1]]))).toThrow(/another pool/);
    expect(() => new StreamInbox('a').push(messages[0]![1])).toThrow(/no label/);
    expect(() => new StreamInbox('').push(Buffer.of(99))).toThrow(/does not belong on a stream/);
    expect(() => new StreamInbox('').push(Buffer.of(10, 255, 255, 255, 255))).toThrow(/exceeds limit/);
  });

  it('gives back user messages and errors', () => {
    expect(decodeUserStream(encodeUserStream(Buffer.from('hello'))).toString()).toBe('hello');
    expect(decodeStreamError(encodeStreamError('no'))).toBe('no');
  });
});
