import type { Entry } from '../core/message';
import { noLink, readRecord, recordBytes, recordEnd, writeRecord, type Link } from './log-record';

const entry: Entry = { index: 2 ** 40 + 7, term: 2 ** 33, kind: 'noop', data: Buffer.from('payload') };

const encoded = (of: Entry, previous: Link): { bytes: Buffer; link: Link } => {
  const bytes = Buffer.alloc(recordBytes(of.data.byteLength));
  return { link: writeRecord(of, previous, bytes, 0), bytes };
};

it('reads back as it was written, with indexes beyond 32 bits', () => {
  const { bytes, link } = encoded(entry, noLink);
  expect(readRecord(bytes, 0, { index: entry.index, previous: noLink })).toEqual({ entry, link });
  expect(recordEnd(bytes, 0, entry.index)).toBe(bytes.byteLength);
});

it('every flipped bit is noticed', () => {
  const { bytes } = encoded(entry, noLink);
  for (let bit = 0; bit < bytes.byteLength * 8; bit++) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    expect(() => readRecord(flipped, 0, { index: entry.index, previous: noLink })).toThrow();
  }
});

it.each([0, 10, 31, 38])('a record cut at %d bytes is noticed', (length) => {
  const { bytes } = encoded(entry, noLink);
  expect(() => readRecord(bytes.subarray(0, length), 0, { index: entry.index })).toThrow('damaged');
});

it('a sound record in the wrong place is noticed', () => {
  const first = encoded({ ...entry, index: 1 }, noLink);
  const second = encoded({ ...entry, index: 2 }, first.link);
  const other = encoded({ ...entry, index: 1, term: 3 }, noLink);
  expect(() => readRecord(second.bytes, 0, { index: 3 })).toThrow('says it is entry 2');
  expect(() => readRecord(second.bytes, 0, { index: 2, previous: other.link })).toThrow('another predecessor');
});
