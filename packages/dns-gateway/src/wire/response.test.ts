import { encode } from 'dns-packet';
import { seededRandom } from '@tribune/platform';
import { textOf } from './name';
import { readAddressRecords } from './response';

const response = encode({
  type: 'response',
  id: 1,
  questions: [{ name: 'db.example.com', type: 'A' }],
  answers: [
    { name: 'db.example.com', type: 'CNAME', ttl: 60, data: 'real.example.com' },
    { name: 'real.example.com', type: 'A', ttl: 30, data: '192.0.2.7' },
    { name: 'real.example.com', type: 'TXT', ttl: 30, data: 'ignored' },
  ],
});

describe("a recursor's response", () => {
  it('gives its addresses and aliases with their own TTLs', () => {
    const records = readAddressRecords(response)!;
    expect(records.map(({ owner, ttl }) => [textOf(owner), ttl])).toEqual([
      ['db.example.com.', 60],
      ['real.example.com.', 30],
    ]);
    expect(records[1]!.data).toEqual({ type: 1, address: Uint8Array.of(192, 0, 2, 7) });
  });

  it('with a loop of pointers is no response', () => {
    const loop = Buffer.concat([
      Buffer.from([0, 1, 0x81, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
      Buffer.from([0xc0, 14, 0xc0, 12, 0, 1, 0, 1]),
    ]);
    expect(readAddressRecords(loop)).toBeUndefined();
  });

  it('never breaks the reader, whatever its bytes', () => {
    const random = seededRandom(3);
    for (let i = 0; i < 20_000; i++) {
      const mutated = Buffer.from(response.subarray(0, random.integer(response.length + 1)));
      for (let k = 0; k < 3 && mutated.length > 0; k++) mutated[random.integer(mutated.length)] = random.integer(256);
      expect(() => readAddressRecords(mutated)).not.toThrow();
    }
  });
});
