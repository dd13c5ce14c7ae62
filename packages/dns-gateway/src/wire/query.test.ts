import { nameFromText } from './name';
import { parseQuery, questionName } from './query';

interface Made {
  readonly flags?: number;
  readonly counts?: readonly number[];
  readonly name?: Buffer;
  readonly type?: number;
  readonly class?: number;
  readonly rest?: Buffer;
}

/** A query as bytes, each part of which can be put wrong. */
function packet({
  flags = 0x0100,
  counts = [1, 0, 0, 0],
  name = nameFromText('web.service.consul')!,
  type = 1,
  class: code = 1,
  rest,
}: Made): Buffer {
  const words = [0x1234, flags, ...counts];
  const header = Buffer.alloc(12);
  words.forEach((word, i) => header.writeUInt16BE(word, 2 * i));
  const tail = Buffer.alloc(4);
  tail.writeUInt16BE(type, 0);
  tail.writeUInt16BE(code, 2);
  return Buffer.concat([header, name, tail, rest ?? Buffer.alloc(0)]);
}

function opt(options: Buffer = Buffer.alloc(0), { version = 0, flags = 0, name = [0] } = {}): Buffer {
  const fixed = Buffer.from([
    ...name,
    0,
    41,
    0x04,
    0xd0,
    0,
    version,
    flags >> 8,
    flags & 0xff,
    options.length >> 8,
    options.length & 0xff,
  ]);
  return Buffer.concat([fixed, options]);
}

const WITH_OPT = { counts: [1, 0, 0, 1] };
const option = (code: number, ...data: number[]): Buffer =>
  Buffer.from([code >> 8, code & 0xff, data.length >> 8, data.length & 0xff, ...data]);

describe('a query', () => {
  it('is read with its name as asked', () => {
    const query = parseQuery(packet({ name: nameFromText('WeB.consul')!, type: 33 }));
    if (query.kind !== 'query') throw new Error(query.reason);
    expect(query).toMatchObject({ id: 0x1234, type: 33, class: 1, edns: undefined });
    expect(questionName(query)).toEqual(nameFromText('WeB.consul'));
    expect(query.key).toBe('\x03web\x06consul\0');
  });

  it('is read with its EDNS offer, unknown options left aside', () => {
    const subnet = option(8, 0, 1, 24, 0, 10, 0, 0);
    const rest = opt(Buffer.concat([option(100, 1, 2, 3), subnet]), { flags: 0x8000 });
    const query = parseQuery(packet({ ...WITH_OPT, rest }));
    expect(query).toMatchObject({
      kind: 'query',
      edns: { udpSize: 1232, version: 0, dnssecOk: true, clientSubnet: subnet.subarray(4) },
    });
  });

  it.each<[string, Made, number]>([
    ['an unknown opcode', { flags: 0x2800 }, 4],
    ['no question', { counts: [0, 0, 0, 0] }, 1],
    ['two questions', { counts: [2, 0, 0, 0] }, 1],
    ['65535 questions', { counts: [65_535, 0, 0, 0] }, 1],
    ['a label of more than 63 bytes', { name: Buffer.concat([Buffer.of(64), Buffer.alloc(64, 97), Buffer.of(0)]) }, 1],
    [
      'a name of more than 255 bytes',
      { name: Buffer.concat([...Array<Buffer>(128).fill(Buffer.of(1, 97)), Buffer.of(0)]) },
      1,
    ],
    ['a pointer to itself', { name: Buffer.of(0xc0, 12) }, 1],
    ['a name without end', { name: Buffer.of(63, 97) }, 1],
    ['a record that is not there', { counts: [1, 0, 0, 1] }, 1],
    ['65535 records that are not there', { counts: [1, 65_535, 65_535, 65_535] }, 1],
    ['two OPT records', { counts: [1, 0, 0, 2], rest: Buffer.concat([opt(), opt()]) }, 1],
    ['an OPT record with a name', { ...WITH_OPT, rest: opt(undefined, { name: [1, 97, 0] }) }, 1],
    ['an EDNS option that is cut', { ...WITH_OPT, rest: opt(Buffer.of(0, 8, 0, 9, 1)) }, 1],
    ['a client subnet with too many bytes', { ...WITH_OPT, rest: opt(option(8, 0, 1, 8, 0, 10, 0)) }, 1],
    ['EDNS version 1', { ...WITH_OPT, rest: opt(undefined, { version: 1 }) }, 16],
    ['OPT as the question', { type: 41 }, 1],
    ['a zone transfer', { type: 252 }, 4],
    ['class CHAOS', { class: 3 }, 5],
  ])('with %s is answered with a code', (_what, made, rcode) => {
    expect(parseQuery(packet(made))).toMatchObject({ kind: 'bad', id: 0x1234, rcode });
  });

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['less than a header', packet({}).subarray(0, 11)],
    ['a response', packet({ flags: 0x8180 })],
  ])('that is %s gets no answer', (_what, bytes) => {
    expect(parseQuery(bytes).kind).toBe('ignore');
  });

  it('may carry records before its OPT, with names that point anywhere', () => {
    const signature = Buffer.from([0xc0, 0xff, 0, 24, 0, 1, 0, 0, 0, 0, 0, 2, 9, 9]);
    const query = parseQuery(packet({ counts: [1, 0, 1, 1], rest: Buffer.concat([signature, opt()]) }));
    expect(query).toMatchObject({ kind: 'query', edns: { udpSize: 1232 } });
  });

  it('cut anywhere is either whole, refused or ignored', () => {
    const whole = packet({ ...WITH_OPT, rest: opt(option(8, 0, 1, 24, 0, 10, 0, 0)) });
    for (let length = 0; length < whole.length; length++) {
      expect(['bad', 'ignore']).toContain(parseQuery(whole.subarray(0, length)).kind);
    }
  });
});
