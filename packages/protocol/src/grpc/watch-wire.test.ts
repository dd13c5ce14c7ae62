import type { WatchEvent } from '../api/catalog';
import { PartAssembler, partsOf } from './watch-wire';

const MIB = 1 << 20;
const event: WatchEvent<number, string> = { kind: 'snapshot', revision: 7, items: [1, 2, 3, 4, 5], history: 'h' };

describe('a watch event in parts', () => {
  it.each<[string, WatchEvent<number, string>, number, number]>([
    ['small', event, 10, 1],
    ['larger than a message', event, MIB / 2, 3],
    ['of items each larger than a part', event, 2 * MIB, 5],
    ['empty', { kind: 'snapshot', revision: 7, items: [], history: 'h' }, 10, 1],
    ['an empty delta', { kind: 'delta', revision: 7, upserts: [], removals: [], history: 'h' }, 10, 1],
    [
      'of many removals',
      { kind: 'delta', revision: 8, upserts: [1], removals: Array.from({ length: 5000 }, String), history: 'h' },
      10,
      3,
    ],
  ])('%s is put together again', (_what, whole, size, count) => {
    const parts = [...partsOf(whole, () => size)];
    expect(parts.map(({ more }) => more)).toEqual([...Array<boolean>(count - 1).fill(true), false]);
    const assembler = new PartAssembler<number, string>();
    const events = parts.map((part) => assembler.add(part));
    expect(events.slice(0, -1).every((early) => early === undefined)).toBe(true);
    expect(events.at(-1)).toEqual(whole);
  });
});
