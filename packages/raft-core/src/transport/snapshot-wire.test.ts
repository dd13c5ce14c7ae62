import { createHash } from 'node:crypto';
import type { SnapshotHeader } from './peer-transport';
import { chunksFromWire, partsToWire, type WireSnapshotPart } from './snapshot-wire';

const configuration = { voters: [], outgoing: [], learners: [] };
const header: SnapshotHeader = { from: 'a', to: 'b', term: 3, meta: { index: 9, term: 2, configuration }, bytes: 30 };
const file = ['first', 'second', 'third'].map((text) => Buffer.from(text));
const source = {
  async *[Symbol.asyncIterator]() {
    yield* file;
  },
};
const arrived = (chunks: number, bytes = Buffer.concat(file.slice(0, chunks))) => ({
  chunks,
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest(),
});

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}

async function read(parts: readonly WireSnapshotPart[], skipped?: { chunks: number; bytes: number }): Promise<string> {
  const chunks = await all(chunksFromWire(parts[Symbol.iterator]() as never, skipped));
  return Buffer.concat(chunks).toString();
}

it.each([0, 1, 2, 3])('leaves out the %d chunks that are there', async (count) => {
  const [first, ...rest] = await all(partsToWire(header, source, count > 0 ? arrived(count) : undefined));
  expect(first!.header!.skipped).toBe(count);
  expect(await read(rest, arrived(count))).toBe(Buffer.concat(file.slice(count)).toString());
});

it('sends everything when something else is there', async () => {
  for (const other of [arrived(2, Buffer.from('firstsecomd')), arrived(7)]) {
    const [first, ...rest] = await all(partsToWire(header, source, other));
    expect(first!.header!.skipped).toBe(0);
    expect(await read(rest)).toBe('firstsecondthird');
  }
});

describe('what is refused', () => {
  const sent = async (): Promise<WireSnapshotPart[]> => (await all(partsToWire(header, source, undefined))).slice(1);

  it('every flipped bit of every chunk', async () => {
    for (let at = 0; at < file.length; at++) {
      for (let bit = 0; bit < file[at]!.length * 8; bit++) {
        const parts = await sent();
        const { chunk } = parts[at]!;
        const data = Buffer.from(chunk!.data);
        data[bit >> 3]! ^= 1 << (bit & 7);
        parts[at] = { chunk: { ...chunk!, data } };
        await expect(read(parts)).rejects.toThrow('was damaged on its way');
      }
    }
  });

  it('a chunk that is missing, doubled, stale, or out of turn', async () => {
    const [a, b, c, end] = (await sent()) as [WireSnapshotPart, WireSnapshotPart, WireSnapshotPart, WireSnapshotPart];
    for (const parts of [
      [a, c, end],
      [a, a, b, c, end],
      [a, b, a, c, end],
      [b, a, c, end],
      [a, b, end],
      [a, b, c, c, end],
    ])
      await expect(read(parts)).rejects.toMatchObject({ detail: { code: 'RAFT_WIRE_INVALID' } });
    await expect(read([b, c, end], { chunks: 2, bytes: 11 })).rejects.toThrow('in the place of chunk 3');
  });

  it('a stream that ends before its end', async () => {
    const parts = await sent();
    for (let length = 0; length < parts.length; length++)
      await expect(read(parts.slice(0, length))).rejects.toThrow('broke off');
  });
});
