import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom, type Random } from '@tribune/platform';
import type { Message } from '../src/core/messages';
import { replaySnapshot } from '../src/node/snapshot-replay';
import { decodeUserEvent } from '../src/node/user-events';
import { decodeAckPayload } from '../src/serf/coordinates/coordinate-codec';
import { decodeKeyAnswer } from '../src/serf/key-operations';
import { decodeConflictAnswer } from '../src/serf/name-conflict';
import { decodeSerf, decodeSerfState } from '../src/serf/serf-codec';
import { decodeTags } from '../src/serf/tags-codec';
import { SimPool } from '../src/testing';
import { seal } from '../src/transport/codec/sealing';
import { decompressLzw } from '../src/transport/codec/lzw';
import { PacketCodec } from '../src/transport/codec/packet-codec';
import { decodeExchange, openStream } from '../src/transport/codec/stream-codec';
import { WireError } from '../src/transport/codec/wire-error';
import { atOnce } from '../src/transport/turns';
import { Keyring } from '../src/transport/keyring/keyring';
import { StreamInbox } from '../src/transport/stream-inbox';
import type { Vector } from './decoded-vector';

/** Inputs per decoder; `FUZZ_INPUTS=1000000 npx jest fuzz` for the long run. */
const INPUTS = Number(process.env.FUZZ_INPUTS ?? 20_000) / 10;
const IS_LONG_RUN = INPUTS >= 10_000;
const MIB = 2 ** 20;
if (IS_LONG_RUN) jest.setTimeout(480_000);
const FOLDER = join(__dirname, 'fixtures');
const recorded = readdirSync(FOLDER).flatMap(
  (file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Vector[],
);
const plain = recorded.filter(({ key }) => key === null);
const KEY = Buffer.from(recorded.find(({ key }) => key !== null)!.key!, 'base64');
const keyring = new Keyring([KEY]);
const open = { label: '', keyring: undefined, verifyIncoming: true, verifyOutgoing: true, defaultPort: 1 };
const sealed = { ...open, keyring };
const bytesOf = (via: 'udp' | 'tcp', vectors = plain): Buffer[] =>
  vectors.filter((vector) => vector.via === via).map(({ hex }) => Buffer.from(hex, 'hex'));

/** What real agents sent, damaged in one of many ways; sometimes just noise. */
function damaged(samples: readonly Buffer[], random: Random): Buffer {
  const sample = Buffer.from(samples[random.integer(samples.length)] ?? Buffer.alloc(0));
  switch (random.integer(6)) {
    case 0:
      return Buffer.from(random.bytes(random.integer(200)));
    case 1:
      return sample.subarray(0, random.integer(sample.length + 1));
    case 2:
      return Buffer.concat([sample, Buffer.from(random.bytes(random.integer(20)))]);
    case 3: {
      const other = samples[random.integer(samples.length)]!;
      return Buffer.concat([
        sample.subarray(0, random.integer(sample.length + 1)),
        other.subarray(random.integer(other.length)),
      ]);
    }
    default:
      for (let i = 0; i <= random.integer(6); i++) {
        if (sample.length > 0)
          sample[random.integer(sample.length)] = [0, 0xff, 0x7f, 0x80, random.integer(256)][random.integer(5)]!;
      }
      return sample;
  }
}

/** Only WireError may come out. */
function survives(decode: (bytes: Buffer) => unknown, bytes: Buffer): void {
  try {
    decode(bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw new Error(`${bytes.toString('hex')} broke a decoder`, { cause: error });
  }
}

const messages = new PacketCodec(open);
const bodies = bytesOf('udp').flatMap((packet) => messages.decode(packet, () => undefined));
const userBodies = bodies.flatMap((message) => (message.kind === 'user' ? [Buffer.from(message.body)] : []));
const exchanges = bytesOf('tcp').map((stream) => atOnce(openStream(stream, open)));
const drain = (bytes: Buffer): unknown => {
  return atOnce(decodeExchange(bytes, 1));
};
const serfStates = exchanges.map((body) => Buffer.from((drain(body) as { userState: Uint8Array }).userState));

const DECODERS: readonly [name: string, decode: (bytes: Buffer) => unknown, samples: readonly Buffer[]][] = [
  [
    'packets',
    (bytes) =>
      messages.decode(bytes, (error) =>
        survives(() => {
          throw error;
        }, bytes),
      ),
    bytesOf('udp'),
  ],
  ['sealed packets', (bytes) => new PacketCodec(sealed).decode(bytes, () => undefined), bytesOf('udp', recorded)],
  [
    'packets damaged before they were sealed',
    (bytes) => new PacketCodec(sealed).decode(seal(KEY, bytes, Buffer.alloc(0)), () => undefined),
    bytesOf('udp'),
  ],
  ['streams', (bytes) => atOnce(openStream(bytes, open)), bytesOf('tcp')],
  ['sealed streams', (bytes) => atOnce(openStream(bytes, sealed)), bytesOf('tcp', recorded)],
  ['arriving streams', (bytes) => new StreamInbox('').push(bytes), bytesOf('tcp', recorded)],
  ['state exchanges', drain, exchanges],
  ['serf messages', decodeSerf, userBodies],
  ['serf states', decodeSerfState, serfStates],
  ['LZW', (bytes) => decompressLzw(bytes, 1_000_000), bytesOf('udp')],
  [
    'small payloads',
    (bytes) => [
      decodeTags(bytes),
      decodeAckPayload(bytes),
      decodeConflictAnswer(bytes),
      replaySnapshot(bytes.toString('latin1'), false),
    ],
    [...userBodies, Buffer.from('alive: a 1.2.3.4:5\nclock: 7\nleave\n')],
  ],
  ['key answers', decodeKeyAnswer, userBodies],
  [
    'user event envelopes',
    (payload) => decodeUserEvent({ kind: 'userEvent', ltime: 1, name: 'consul:event:x', payload, coalesce: false }),
    userBodies,
  ],
];

describe.each(DECODERS)('the decoder of %s', (name, decode, samples) => {
  it('answers anything with a value or a WireError', () => {
    const random = seededRandom(samples.length);
    const before = process.memoryUsage.rss();
    for (let i = 0; i < INPUTS; i++) survives(decode, damaged(samples, random));
    const grown = (process.memoryUsage.rss() - before) / MIB;
    if (IS_LONG_RUN) process.stdout.write(`${name}: ${INPUTS} inputs, memory ${grown.toFixed(1)} MiB more\n`);
  });
});

describe('the machine', () => {
  it('survives whatever readable nonsense it is told, and stays a member', () => {
    const pool = new SimPool({ seed: 1 });
    for (const name of ['a', 'b', 'c']) pool.add(name);
    pool.join('b', 'a');
    pool.join('c', 'a');
    pool.run(2000);
    const random = seededRandom(9);
    for (let i = 0; i < INPUTS; i++) {
      const packet = damaged(bytesOf('udp'), random);
      let told: Message[] = [];
      survives((bytes) => (told = messages.decode(bytes, () => undefined)), packet);
      for (const message of told) pool.deliver('a', message);
      if (i % 50 === 0) pool.run(100);
    }
    expect(pool.node('a').swim.self()).toMatchObject({ name: 'a', state: 'alive' });
    expect(pool.node('a').swim.table.size).toBeLessThan(1000);
  });

  it('is not moved by a replay', () => {
    const pool = new SimPool({ seed: 2 });
    for (const name of ['a', 'b', 'c']) pool.add(name);
    pool.join('b', 'a');
    pool.join('c', 'a');
    const heard: Message[] = [];
    pool.tap = (_from, to, packet) => to === 'a' && heard.push(...packet);
    pool.deliver('a', { kind: 'suspect', node: 'b', from: 'c', incarnation: 1 });
    pool.run(60_000);
    const before = pool.node('a').swim.states();
    for (const message of heard) pool.deliver('a', message);
    pool.run(1000);
    expect(pool.node('a').swim.states()).toEqual(before);
  });
});
