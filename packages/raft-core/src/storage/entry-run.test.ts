import type { Entry } from '../core/message';
import { entry } from '../testing/log-store-compliance';
import { entriesOf, type Run, RunWriter, runUpTo } from './entry-run';
import { noLink } from './log-record';

const sized = (index: number, length: number): Entry => entry({ index, text: `${index}`.padEnd(length, '.') });

/** As the store would find them: with bytes of their own. */
function runsOf(entries: readonly Entry[]): Run[] {
  const runs: Run[] = [];
  new RunWriter().write(entries, noLink, ({ first, bytes }) => runs.push({ first, bytes: Buffer.from(bytes) }));
  return runs;
}

const read = (run: Run, from = run.first): Entry[] => [...entriesOf(run, from)].map(({ entry }) => plain(entry));
const plain = (entry: Entry): Entry => ({ ...entry, data: Uint8Array.from(entry.data) });

it('entries lie side by side and read back, from any of them on', () => {
  const entries = [sized(7, 0), sized(8, 10), sized(9, 5_000)];
  const [run, ...more] = runsOf(entries);
  expect(more).toEqual([]);
  expect(read(run!)).toEqual(entries);
  expect(read(run!, 9)).toEqual(entries.slice(2));
  expect(read(run!, 10)).toEqual([]);
  expect(() => read(run!, 6)).toThrow('entry 6 is missing');
});

it('a run ends at 64 KiB; a longer entry is alone', () => {
  const entries = [sized(1, 30_000), sized(2, 30_000), sized(3, 30_000), sized(4, 100_000), sized(5, 1)];
  const runs = runsOf(entries);
  expect(runs.map(({ first }) => first)).toEqual([1, 3, 4, 5]);
  expect(runs.flatMap((run) => read(run))).toEqual(entries);
});

it('an entry of exactly 64 KiB with its header fits', () => {
  const runs = runsOf([sized(1, 64 * 1024 - 32), sized(2, 64 * 1024 - 31)]);
  expect(runs.map((run) => read(run).length)).toEqual([1, 1]);
});

it('the chain goes on from run to run', () => {
  const written: number[] = [];
  const writer = new RunWriter();
  const put = ({ bytes }: Run): void => void written.push(bytes.readUInt32BE(24));
  const link = writer.write([sized(1, 8)], noLink, put);
  const end = writer.write([sized(2, 40_000), sized(3, 40_000)], link, put);
  expect(written.slice(0, 2)).toEqual([noLink, link]);
  expect(new Set([...written, end]).size).toBe(4);
});

it('is cut behind any entry', () => {
  const [run] = runsOf([sized(5, 3), sized(6, 0), sized(7, 9)]);
  for (const last of [5, 6, 7])
    expect(
      read(runUpTo(run!, last))
        .map(({ index }) => index)
        .at(-1),
    ).toBe(last);
});

it('a flipped bit spoils the entry it is in and all behind it, none before', () => {
  const [run] = runsOf([sized(1, 9), sized(2, 9), sized(3, 9)]);
  for (let bit = 0; bit < run!.bytes.byteLength * 8; bit++) {
    const bytes = Buffer.from(run!.bytes);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    const found: number[] = [];
    expect(() => {
      for (const { entry } of entriesOf({ first: 1, bytes }, 1)) found.push(entry.index);
    }).toThrow('damaged');
    expect(found).toHaveLength(Math.floor(bit / 8 / 41));
  }
});
