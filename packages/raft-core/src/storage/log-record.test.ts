import type { Entry } from '../core/message';
import { decodeRecord, encodeRecord, noLink, type Link, type LinkedRecord } from './log-record';

const entry: Entry = { index: 2 ** 40 + 7, term: 2 ** 33, kind: 'noop', data: Buffer.from('payload') };

const encoded = (of: Entry, previous: Link): LinkedRecord => {
  const { bytes, link } = encodeRecord(of, previous);
  return { bytes: Buffer.from(bytes), link };
};

it('reads back as it was written, with indexes beyond 32 bits', () => {
  const { bytes, link } = encoded(entry, noLink);
  expect(decodeRecord(bytes, { index: entry.index, previous: noLink })).toEqual({ entry, link });
});

it('every flipped bit is noticed', () => {
  const { bytes } = encoded(entry, noLink);
  for (let bit = 0; bit < bytes.byteLength * 8; bit++) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    expect(() => decodeRecord(flipped, { index: entry.index, previous: noLink })).toThrow();
  }
});

it.each([0, 10, 31, 38])('a record cut at %d bytes is noticed', (length) => {
  const { bytes } = encoded(entry, noLink);
  expect(() => decodeRecord(bytes.subarray(0, length), { index: entry.index })).toThrow('damaged');
});

it('a sound record in the wrong place is noticed', () => {
  const first = encoded({ ...entry, index: 1 }, noLink);
  const second = encoded({ ...entry, index: 2 }, first.link);
  const other = encoded({ ...entry, index: 1, term: 3 }, noLink);
  expect(() => decodeRecord(second.bytes, { index: 3 })).toThrow('says it is entry 2');
  expect(() => decodeRecord(second.bytes, { index: 2, previous: other.link })).toThrow('another predecessor');
});

it.each([0, 1, 5_000, 100_000])('%d bytes of data, whatever was written before', (length) => {
  const data = Buffer.alloc(length, 'd');
  encoded({ ...entry, data: Buffer.alloc(70_000, 'x') }, noLink);
  const { bytes, link } = encodeRecord({ ...entry, data }, noLink);
  expect(decodeRecord(bytes, { index: entry.index })).toEqual({ entry: { ...entry, data }, link });
});
