import { seededRandom, type Random } from '@tribune/platform';
import { ValueScanner } from './msgpack-head';
import { MsgpackReader, type Value } from './msgpack-reader';
import { MsgpackWriter } from './msgpack-writer';

const read = (hex: string): Value => new MsgpackReader(Buffer.from(hex, 'hex')).read();

describe('MessagePack', () => {
  it.each([
    [0, '00'],
    [127, '7f'],
    [128, 'cc80'],
    [256, 'cd0100'],
    [65_536, 'ce00010000'],
    [2 ** 32, 'cf0000000100000000'],
    [-1, 'ff'],
    [-32, 'e0'],
    [-33, 'd3ffffffffffffffdf'],
  ])('writes %i as go-msgpack does', (value, hex) => {
    expect(new MsgpackWriter().integer(value).finish().toString('hex')).toBe(hex);
    expect(read(hex)).toBe(value);
  });

  it('keeps 64-bit integers exact', () => {
    for (const value of [2n ** 64n - 1n, 2n ** 53n, -(2n ** 63n)]) {
      const bytes = new MsgpackWriter().integer(value).finish();
      expect(new MsgpackReader(bytes).read()).toBe(value);
    }
  });

  it('writes text and bytes in the old "raw" form, and reads the new forms too', () => {
    expect(new MsgpackWriter().raw('x'.repeat(32)).finish().subarray(0, 3).toString('hex')).toBe('da0020');
    expect(new MsgpackWriter().raw(Buffer.alloc(65_536)).finish().subarray(0, 5).toString('hex')).toBe('db00010000');
    for (const hex of ['a2' + '6869', 'd902' + '6869', 'da0002' + '6869', 'c402' + '6869']) {
      expect(read(hex)?.toString()).toBe('hi');
    }
  });

  it.each([
    ['nil', 'c0', null],
    ['true', 'c3', true],
    ['a double', 'cb3ff8000000000000', 1.5],
    ['a float', 'ca3fc00000', 1.5],
    ['an int8', 'd0ff', -1],
    ['an int16', 'd1fffe', -2],
    ['an int32', 'd2fffffffd', -3],
  ])('reads %s', (_, hex, expected) => expect(read(hex)).toBe(expected));

  it.each([
    ['a type that does not exist', 'c1', /does not exist/],
    ['a value that is cut short', 'cd01', /cut short/],
    ['an array longer than its bytes', 'dd7fffffff', /exceeds its bytes/],
    ['a map longer than its bytes', 'df7fffffff', /exceeds its bytes/],
    ['a map key that is not text', '8101c0', /not text/],
    ['nesting without end', '91'.repeat(100), /too deep/],
  ])('refuses %s', (_, hex, reason) => expect(() => read(hex)).toThrow(reason));

  it('finds the end of a value however its bytes arrive', () => {
    const random = seededRandom(11);
    for (let i = 0; i < 200; i++) {
      const out = new MsgpackWriter();
      writeAnything(out, random, 4);
      const bytes = Buffer.concat([out.finish(), Buffer.from('tail')]);
      const scanner = new ValueScanner(0);
      const ends = Array.from({ length: bytes.length }, (_, length) => scanner.scan(bytes.subarray(0, length + 1)));
      expect(ends.findIndex((end) => end !== undefined) + 1).toBe(bytes.length - 4);
    }
  });
});

function writeAnything(out: MsgpackWriter, random: Random, depth: number): void {
  const choice = random.integer(depth > 0 ? 7 : 5);
  const count = random.integer(20);
  switch (choice) {
    case 0:
      return void out.nil();
    case 1:
      return void out.integer(random.integer(2 ** 31) - 2 ** 30);
    case 2:
      return void out.raw(Buffer.alloc(random.integer(300)));
    case 3:
      return void out.float(random.next());
    case 4:
      return void out.flag(random.next() < 0.5);
    case 5:
      out.array(count);
      for (let i = 0; i < count; i++) writeAnything(out, random, depth - 1);
      return;
    default:
      out.map(count);
      for (let i = 0; i < count; i++) {
        out.raw(`key${i}`);
        writeAnything(out, random, depth - 1);
      }
  }
}
