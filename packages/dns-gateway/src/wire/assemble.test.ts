import { decode } from 'dns-packet';
import { seededRandom } from '@tribune/platform';
import { encodeAnswer, type Answer } from './answer-set';
import { assemble, type ResponseLimits, type ResponseOptions } from './assemble';
import { RCODE, TYPE } from './codes';
import { nameFromText, type Name } from './name';
import { parseQuery, type Query } from './query';
import type { RecordGroup, ResourceRecord } from './record';
import { readReply, type Reply } from '../testing/dns-client';

const name = (text: string): Name => nameFromText(text)!;
const TCP: ResponseLimits = { bytes: 65_535, pooledAnswers: Infinity };
const UDP: ResponseLimits = { bytes: 512, pooledAnswers: 3 };
const OPTIONS: ResponseOptions = { recursionAvailable: false, truncate: false, authoritative: true };
const random = seededRandom(7);

function queryFor(text: string, type: number = TYPE.A, udpSize?: number): Query {
  const tail = Buffer.from([0, type, 0, 1]);
  const opt = udpSize === undefined ? [] : [Buffer.from([0, 0, 41, udpSize >> 8, udpSize & 0xff, 0, 0, 0, 0, 0, 0])];
  const header = Buffer.from([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, opt.length]);
  const query = parseQuery(Buffer.concat([header, name(text), tail, ...opt]));
  if (query.kind !== 'query') throw new Error(query.reason);
  return query;
}

const answerOf = (groups: readonly RecordGroup[], more: Partial<Answer> = {}): Answer => ({
  rcode: RCODE.NOERROR,
  groups,
  isPool: true,
  answersMax: 0,
  authority: [],
  additional: [],
  ...more,
});

const address = (owner: string, last: number, ttl = 5): ResourceRecord => ({
  owner: name(owner),
  ttl,
  data: { type: TYPE.A, address: Uint8Array.of(10, 0, last >> 8, last & 255) },
});

function srvGroup(owner: string, i: number, target = `host-${i}.node.dc1.consul`): RecordGroup {
  const data = { type: TYPE.SRV, priority: 1, weight: i & 255, port: 8000, target: name(target) };
  return { answers: [{ owner: name(owner), ttl: 0, data }], additional: [address(target, i)] };
}

interface Put {
  readonly limits?: ResponseLimits;
  readonly options?: Partial<ResponseOptions>;
  readonly compress?: boolean;
  readonly udpSize?: number;
}

function put(
  question: string,
  answer: Answer,
  { limits = TCP, options = {}, compress = true, udpSize }: Put = {},
): Reply {
  const set = encodeAnswer(name(question), answer, compress);
  return readReply(
    assemble(set, queryFor(question, TYPE.A, udpSize), limits, { ...OPTIONS, ...options }, random, 1_700_000_000),
  );
}

const OWNER = 'web.service.consul';

describe('a response', () => {
  it.each([true, false])('says with compression %s what was put in', (compress) => {
    const soa: ResourceRecord = {
      owner: name('consul'),
      ttl: 9,
      data: {
        ...{ type: TYPE.SOA, server: name('ns.consul'), mailbox: name('hostmaster.consul'), serial: 1 },
        ...{ refresh: 2, retry: 3, expire: 4, minTtl: 5 },
      },
    };
    const text: ResourceRecord = {
      owner: name('n.node.consul'),
      ttl: 1,
      data: { type: TYPE.TXT, text: 'x'.repeat(600) },
    };
    const alias: ResourceRecord = {
      owner: name(OWNER),
      ttl: 2,
      data: { type: TYPE.CNAME, target: name('db.example.com') },
    };
    const groups = [srvGroup(OWNER, 1), { answers: [alias, address('db.example.com', 7)], additional: [] }];
    const reply = put(OWNER, answerOf(groups, { authority: [soa], additional: [text] }), { compress });
    expect(reply.answer).toEqual([
      'db.example.com. 5 A 10.0.0.7',
      `${OWNER}. 0 SRV 1 1 8000 host-1.node.dc1.consul.`,
      `${OWNER}. 2 CNAME db.example.com.`,
    ]);
    expect(reply.authority).toEqual(['consul. 9 SOA ns.consul. hostmaster.consul. NOW 2 3 4 5']);
    expect(reply.additional).toEqual([
      'host-1.node.dc1.consul. 5 A 10.0.0.1',
      `n.node.consul. 1 TXT "${'x'.repeat(600)}"`,
    ]);
    const [authority] = decode(reply.bytes).authorities!;
    expect(authority).toMatchObject({ data: { serial: 1_700_000_000 } });
  });

  it('over UDP without EDNS holds three of a pool, and no more than 512 bytes', () => {
    const reply = put(OWNER, answerOf(Array.from({ length: 100 }, (_, i) => srvGroup(OWNER, i))), { limits: UDP });
    expect([reply.answer.length, reply.additional.length, reply.tc]).toEqual([3, 3, false]);
    expect(reply.bytes.length).toBeLessThanOrEqual(512);
  });

  it('brings every member of a pool about equally often', () => {
    const set = encodeAnswer(
      name(OWNER),
      answerOf(Array.from({ length: 20 }, (_, i) => ({ answers: [address(OWNER, i)], additional: [] }))),
      true,
    );
    const seen = new Map<string, number>();
    for (let i = 0; i < 4000; i++) {
      const reply = readReply(assemble(set, queryFor(OWNER), UDP, OPTIONS, random, 0));
      for (const record of reply.answer) seen.set(record, (seen.get(record) ?? 0) + 1);
    }
    const counts = [...seen.values()];
    expect(counts).toHaveLength(20);
    // 600 expected of each, standard deviation about 23.
    expect(Math.min(...counts)).toBeGreaterThan(480);
    expect(Math.max(...counts)).toBeLessThan(720);
  });

  it('takes the additional records of left-out answers along', () => {
    const groups = Array.from({ length: 30 }, (_, i) => srvGroup(OWNER, i));
    const reply = put(OWNER, answerOf(groups), { limits: { bytes: 1232, pooledAnswers: Infinity }, udpSize: 1232 });
    const targets = reply.answer.map((record) => record.split(' ').at(-1));
    expect(reply.additional.map((record) => record.split(' ')[0]).sort()).toEqual(targets.sort());
    expect(reply.bytes.length).toBeLessThanOrEqual(1232);
    expect(reply.optSize).toBe(1232);
  });

  it('says that it is cut only when asked to, or when nothing fits at all', () => {
    const groups = Array.from({ length: 60 }, (_, i) => srvGroup(OWNER, i));
    expect(put(OWNER, answerOf(groups), { limits: UDP, options: { truncate: true } }).tc).toBe(true);
    expect(put(OWNER, answerOf(groups.slice(0, 2)), { limits: UDP, options: { truncate: true } }).tc).toBe(false);
    const huge: RecordGroup = {
      answers: [{ owner: name(OWNER), ttl: 0, data: { type: TYPE.TXT, text: 'x'.repeat(700) } }],
      additional: [],
    };
    expect(put(OWNER, answerOf([huge]), { limits: UDP })).toMatchObject({ tc: true, answer: [] });
  });

  it('leaves out additional records rather than the only answer', () => {
    const extra: ResourceRecord = {
      owner: name('n.node.consul'),
      ttl: 0,
      data: { type: TYPE.TXT, text: 'x'.repeat(600) },
    };
    const reply = put(OWNER, answerOf([{ answers: [address(OWNER, 1)], additional: [extra] }]), { limits: UDP });
    expect([reply.answer.length, reply.additional.length, reply.tc]).toEqual([1, 0, false]);
  });

  it('fills 64 KiB over TCP with names beyond the reach of a pointer, all of them right', () => {
    const groups = Array.from({ length: 4000 }, (_, i) =>
      srvGroup(OWNER, i, `${i.toString(16).padStart(8, '0')}.addr.dc1.consul`),
    );
    const reply = put(OWNER, answerOf(groups));
    expect(reply.bytes.length).toBeLessThanOrEqual(65_535);
    // SRV targets stand in full (RFC 2782); Consul 1.8.7 fits 997 of these.
    expect(reply.answer.length).toBeGreaterThan(900);
    expect(reply.bytes.length).toBeGreaterThan(65_400);
    const targets = new Set(reply.answer.map((record) => record.split(' ').at(-1)));
    expect(new Set(reply.additional.map((record) => record.split(' ')[0]))).toEqual(targets);
  });

  it('writes SRV targets in full: RFC 2782 forbids compression there, and c-ares refuses it', () => {
    const { bytes } = put(OWNER, answerOf([srvGroup(OWNER, 0, 'n1.node.dc1.consul')]));
    expect(bytes.includes(Buffer.from('\x02n1\x04node\x03dc1\x06consul\x00', 'latin1'))).toBe(true);
  });

  it('limits addresses over TCP too where that is set', () => {
    const groups = Array.from({ length: 9 }, (_, i) => ({ answers: [address(OWNER, i)], additional: [] }));
    expect(put(OWNER, answerOf(groups, { answersMax: 4 })).answer).toHaveLength(4);
  });

  it('of random records is read alike by another implementation', () => {
    for (let round = 0; round < 300; round++) {
      const question = ['a.consul', OWNER, 'x.y.z.service.dc1.consul'][round % 3]!;
      const count = random.integer(12);
      const groups = Array.from({ length: count }, (_, i) =>
        random.integer(2)
          ? srvGroup(
              question,
              i,
              `t${random.integer(5)}-${i}.${['node.dc1.consul', 'example.com', question][random.integer(3)]}`,
            )
          : { answers: [address(question, i)], additional: [] },
      );
      const reply = put(question, answerOf(groups), { compress: random.integer(2) === 1 });
      expect(reply.answer).toHaveLength(count);
      expect(reply.answer.every((record) => record.startsWith(`${question}. `))).toBe(true);
      const targets = reply.answer
        .filter((record) => record.includes(' SRV '))
        .map((record) => record.split(' ').at(-1)!);
      expect(reply.additional.map((record) => record.split(' ')[0]!).sort()).toEqual(targets.sort());
    }
  });
});
