import type { Entry } from '../core/message';
import { decodeRecord, encodeRecord, noLink } from './log-record';

const entry: Entry = { index: 2 ** 40 + 7, term: 2 ** 33, kind: 'noop', data: Buffer.from('payload') };

it('reads back as it was written, with indexes beyond 32 bits', () => {
  const { bytes, link } = encodeRecord(entry, noLink);
  expect(decodeRecord(bytes, { index: entry.index, previous: noLink })).toEqual({ entry, link });
});

it('every flipped bit is noticed', () => {
  const { bytes } = encodeRecord(entry, noLink);
  for (let bit = 0; bit < bytes.byteLength * 8; bit++) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    expect(() => decodeRecord(flipped, { index: entry.index, previous: noLink })).toThrow();
  }
});

it.each([0, 10, 31, 38])('a record cut at %d bytes is noticed', (length) => {
  const { bytes } = encodeRecord(entry, noLink);
  expect(() => decodeRecord(bytes.subarray(0, length), { index: entry.index })).toThrow('damaged');
});

it('a sound record in the wrong place is noticed', () => {
  const first = encodeRecord({ ...entry, index: 1 }, noLink);
  const second = encodeRecord({ ...entry, index: 2 }, first.link);
  const other = encodeRecord({ ...entry, index: 1, term: 3 }, noLink);
  expect(() => decodeRecord(second.bytes, { index: 3 })).toThrow('says it is entry 2');
  expect(() => decodeRecord(second.bytes, { index: 2, previous: other.link })).toThrow('another predecessor');
});
