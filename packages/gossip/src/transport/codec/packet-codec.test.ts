import { createCipheriv } from 'node:crypto';
import type { Message } from '../../core/messages';
import { Keyring } from '../keyring/keyring';
import { encodeMessage } from './message-codec';
import { MessageType } from './message-types';
import { PacketCodec, type PacketCodecOptions } from './packet-codec';
import { MsgpackWriter } from './msgpack-writer';
import { compressLzw } from './lzw';

const KEY = Buffer.alloc(32, 7);
const source = { name: 'a', host: '10.0.0.1', port: 8301 };
const MESSAGES: Message[] = [
  { kind: 'ping', seqNo: 4_000_000_000, node: 'b', source },
  { kind: 'ping', seqNo: 1, node: 'b', source: undefined },
  { kind: 'indirectPing', seqNo: 2, target: { host: '2001:db8::5', port: 1 }, node: 'c', nack: true, source },
  { kind: 'ack', seqNo: 3, payload: Buffer.from('xyz') },
  { kind: 'nack', seqNo: 4 },
  {
    kind: 'alive',
    incarnation: 5,
    node: 'ü',
    host: '10.0.0.2',
    port: 2,
    meta: Buffer.of(255, 128, 0),
    versions: [1, 5, 2, 2, 5, 4],
  },
  { kind: 'suspect', incarnation: 6, node: 'b', from: 'a' },
  { kind: 'dead', incarnation: 7, node: 'b', from: 'b' },
  { kind: 'user', body: Buffer.from('hello') },
];

const codec = (options: Partial<PacketCodecOptions> = {}): PacketCodec =>
  new PacketCodec({
    label: '',
    keyring: undefined,
    verifyIncoming: true,
    verifyOutgoing: true,
    defaultPort: 8301,
    ...options,
  });
const never = (problem: unknown): void => {
  throw problem;
};
const strict = (reading: PacketCodec, packet: Buffer): Message[] => reading.decode(packet, never);

describe('packets', () => {
  it.each([
    ['plain', {}],
    ['labelled', { label: 'pool-1' }],
    ['encrypted', { keyring: new Keyring([KEY]) }],
    ['encrypted and labelled', { keyring: new Keyring([KEY]), label: 'pool-1' }],
  ])('carry every kind of message, %s', (_, options) => {
    const both = codec(options);
    for (const checksum of [true, false]) {
      expect(strict(both, both.encode(MESSAGES, checksum))).toEqual(MESSAGES);
      for (const message of MESSAGES) expect(strict(both, both.encode([message], checksum))).toEqual([message]);
    }
  });

  it('count their overhead', () => {
    const sealing = codec({ keyring: new Keyring([KEY]), label: 'abc' });
    const packet = sealing.encode([MESSAGES[0]!], true);
    expect(packet.length - encodeMessage(MESSAGES[0]!).length).toBe(sealing.overheadBytes);
  });

  it('may be compressed', () => {
    const body = encodeMessage(MESSAGES[5]!);
    const packet = new MsgpackWriter()
      .byte(MessageType.compress)
      .map(2)
      .raw('Algo')
      .integer(0)
      .raw('Buf')
      .raw(compressLzw(body));
    expect(strict(codec(), packet.finish())).toEqual([MESSAGES[5]]);
  });

  it('are opened with any key of the ring, also in the padded form of version 0', () => {
    const other = Buffer.alloc(16, 9);
    const receiver = codec({ keyring: new Keyring([KEY, other]) });
    expect(strict(receiver, codec({ keyring: new Keyring([other]) }).encode([MESSAGES[4]!], false))).toEqual([
      MESSAGES[4],
    ]);
    const body = encodeMessage(MESSAGES[4]!);
    const padding = 16 - (body.length % 16);
    const nonce = Buffer.alloc(12, 1);
    const cipher = createCipheriv('aes-128-gcm', other, nonce).setAAD(Buffer.alloc(0));
    const sealed = Buffer.concat([
      cipher.update(Buffer.concat([body, Buffer.alloc(padding, padding)])),
      cipher.final(),
    ]);
    const packet = Buffer.concat([Buffer.of(0), nonce, sealed, cipher.getAuthTag()]);
    expect(strict(receiver, packet)).toEqual([MESSAGES[4]]);
  });

  it.each([
    ['a wrong key', { keyring: new Keyring([Buffer.alloc(32, 8)]) }, /no installed key/],
    ['plaintext where there is a key', {}, /not supported|too short|no installed key/],
    ['another label', { keyring: new Keyring([KEY]), label: 'other' }, /no label|another pool|labelled/],
  ])('with %s are refused', (_, sender, reason) => {
    const receiver = codec({ keyring: new Keyring([KEY]) });
    expect(() => receiver.decode(codec(sender).encode([MESSAGES[0]!], false), never)).toThrow(reason);
  });

  it('are authenticated together with their label', () => {
    const keyring = new Keyring([KEY]);
    const packet = codec({ keyring, label: 'aaa' }).encode([MESSAGES[0]!], false);
    packet.write('bbb', 2);
    expect(() => codec({ keyring, label: 'bbb' }).decode(packet, never)).toThrow(/no installed key/);
  });

  it('in plaintext pass while a pool is being encrypted', () => {
    const moving = codec({ keyring: new Keyring([KEY]), verifyIncoming: false, verifyOutgoing: false });
    expect(strict(moving, codec().encode(MESSAGES, false))).toEqual(MESSAGES);
    expect(strict(codec(), moving.encode(MESSAGES, false))).toEqual(MESSAGES);
  });

  it('with a wrong checksum are refused', () => {
    const packet = codec().encode([MESSAGES[0]!], true);
    packet[10]! ^= 1;
    expect(() => codec().decode(packet, never)).toThrow(/checksum/);
  });

  it('lose only the part that is unreadable', () => {
    const problems: unknown[] = [];
    const good = encodeMessage(MESSAGES[4]!);
    const bad = Buffer.of(99, 1, 2);
    const head = Buffer.of(MessageType.compound, 3, 0, good.length, 0, bad.length, 0, good.length);
    const messages = codec().decode(Buffer.concat([head, good, bad, good]), (problem) => problems.push(problem));
    expect(messages).toEqual([MESSAGES[4], MESSAGES[4]]);
    expect(problems).toHaveLength(1);
  });

  it('do not expand without end', () => {
    const bomb = new MsgpackWriter().byte(MessageType.compress).map(2).raw('Algo').integer(0);
    const problems: unknown[] = [];
    codec().decode(
      bomb
        .raw('Buf')
        .raw(compressLzw(Buffer.alloc(8 * 1024 * 1024)))
        .finish(),
      (problem) => problems.push(problem),
    );
    expect(String(problems[0])).toMatch(/exceeds limit/);
    let nested = encodeMessage(MESSAGES[4]!);
    for (let i = 0; i < 10; i++) nested = Buffer.concat([Buffer.of(MessageType.compound, 1, 0, nested.length), nested]);
    expect(codec().decode(nested, (problem) => problems.push(problem))).toEqual([]);
  });

  it.each([
    ['meta data over 512 bytes', { ...MESSAGES[5], meta: Buffer.alloc(513) }, /exceeds limit of 512/],
    ['an endless name', { ...MESSAGES[6], node: 'x'.repeat(513) }, /name of a member in bytes exceeds limit/],
    ['an empty name', { ...MESSAGES[6], node: '' }, /Node is empty/],
  ])('with %s are refused', (_, message, reason) => {
    expect(() => strict(codec(), codec().encode([message as Message], false))).toThrow(reason);
  });

  it('without a port mean the default one', () => {
    const alive = { ...MESSAGES[5], port: 0 } as Message;
    expect(strict(codec(), codec().encode([alive], false))).toEqual([{ ...alive, port: 8301 }]);
  });
});
