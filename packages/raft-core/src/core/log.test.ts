import { emptyState, type TermStart } from './config';
import { RaftLog } from './log';
import type { Entry } from './message';

/** `log('1 1 4')` holds three entries with these terms. */
const entry = (index: number, term: number, size = 1): Entry => ({
  index,
  term,
  kind: 'command',
  data: new Uint8Array(size),
});
const log = (terms: string, cacheBytesMax = 1e6): RaftLog => {
  const built = new RaftLog(emptyState, cacheBytesMax);
  terms.split(' ').forEach((term, i) => built.append(entry(i + 1, Number(term))));
  return built;
};
const termsOf = (of: RaftLog): string => {
  const terms: (number | undefined)[] = [];
  for (let index = of.base.index + 1; index <= of.lastIndex; index++) terms.push(of.termAt(index));
  return terms.join(' ');
};

it('knows the term of every entry, and of none outside', () => {
  const of = log('1 1 4 4 5');
  expect([0, 1, 2, 3, 4, 5, 6].map((index) => of.termAt(index))).toEqual([0, 1, 1, 4, 4, 5, undefined]);
});

test.each([
  // Figure 7: what the leader of term 6 with log 1 1 1 4 4 5 5 6 6 6 learns from a follower's hint, and vice versa.
  ['1 1 1 4 4 5 5 6 6 6', { index: 7, term: 4 }, { index: 5, term: 4 }],
  ['1 1 1 4 4 5 5 6 6 6', { index: 11, term: 3 }, { index: 3, term: 1 }],
  ['1 1 1 4 4 5 5 6 6 6', { index: 4, term: 4 }, { index: 4, term: 4 }],
  ['1 1 1 2 2 2 3 3', { index: 10, term: 6 }, { index: 8, term: 3 }],
  ['4 4', { index: 2, term: 3 }, { index: 0, term: 0 }],
])('in %s, %p may still agree at %p', (terms, position, agreement) => {
  expect(log(terms).lastPossibleAgreement(position)).toEqual(agreement);
});

test.each([
  ['1 2 3', { index: 3, term: 3 }, true],
  ['1 2 3', { index: 2, term: 3 }, false],
  ['1 2 3', { index: 9, term: 2 }, false],
  ['1 2 3', { index: 1, term: 4 }, true],
])('next to %s, a log that ends at %p is up to date: %p', (terms, last, isUpToDate) => {
  expect(log(terms).isUpToDate(last)).toBe(isUpToDate);
});

it('forgets a suffix, and whose terms began in it', () => {
  const of = log('1 1 2 3');
  of.stabilized([entry(4, 3)]);
  of.truncate(3);
  expect(of).toMatchObject({ lastIndex: 2, stableIndex: 2 });
  of.append(entry(3, 5));
  expect(termsOf(of)).toBe('1 1 5');
});

it('never truncates what is committed, nor commits what is not there', () => {
  const of = log('1 1');
  of.commitTo(1);
  expect(() => of.truncate(1)).toThrow('committed');
  expect(() => of.commitTo(3)).toThrow('exist');
  expect(of.commitTo(1)).toBe(false);
});

it('counts as durable only the part of a batch that was not replaced meanwhile', () => {
  const of = log('1 1 1');
  of.truncate(2);
  of.append(entry(2, 2));
  of.stabilized([entry(1, 1), entry(2, 1), entry(3, 1)]);
  expect(of.stableIndex).toBe(1);
});

test.each([
  [1, '1 2 2 5'],
  [2, '2 2 5'],
  [3, '2 5'],
  [4, '5'],
  [5, ''],
])('compacted to %d it keeps %p', (index, rest) => {
  const of = log('1 1 2 2 5');
  of.commitTo(5);
  of.stabilized([entry(5, 5)]);
  of.applied(5);
  of.compact(index);
  expect(termsOf(of)).toBe(rest);
  expect(of.termAt(index)).toBe(of.base.term);
  of.append(entry(6, 5));
  expect(of.termAt(6)).toBe(5);
});

it('begins anew behind a snapshot', () => {
  const of = log('1 1');
  of.reset({ index: 10, term: 3 });
  expect(of).toMatchObject({ lastIndex: 10, commitIndex: 10, stableIndex: 10, base: { index: 10, term: 3 } });
  of.append(entry(11, 3));
  expect(of.termAt(11)).toBe(3);
  expect(() => of.reset({ index: 5, term: 3 })).toThrow('back');
});

it('drops applied, durable entries from memory when there are too many, and says so', () => {
  const of = new RaftLog(emptyState, 1000);
  for (let index = 1; index <= 20; index++) of.append(entry(index, 1, 100));
  of.commitTo(20);
  of.applied(10);
  expect(of.slice(1, 20, 1e9)).toHaveLength(20);
  of.stabilized([entry(20, 1)]);
  expect(of.slice(1, 20, 1e9)).toBeUndefined();
  expect(of.slice(11, 20, 1e9)).toHaveLength(10);
  expect(of.slice(11, 20, 1)).toHaveLength(1);
  expect(of.slice(21, 20, 1)).toEqual([]);
});

it('lets go of what was applied when nobody else is there, but for the newest', () => {
  const of = new RaftLog(emptyState, 1e6);
  for (let index = 1; index <= 20; index++) of.append(entry(index, 1, 10_000));
  of.commitTo(20);
  of.applied(15);
  of.forgetApplied();
  expect(of.slice(1, 20, 1e9)).toHaveLength(20);
  of.stabilized([entry(18, 1)]);
  of.forgetApplied();
  // 64 KiB are more than what is still needed, entries 16 to 20, and one more.
  expect(of.slice(15, 20, 1e9)).toHaveLength(6);
  expect(of.slice(14, 20, 1e9)).toBeUndefined();
});

it('is restored with the terms it had', () => {
  const termStarts: TermStart[] = [
    { term: 2, index: 6 },
    { term: 4, index: 8 },
  ];
  const restored = new RaftLog({ ...emptyState, base: { index: 5, term: 2 }, lastIndex: 9, termStarts }, 1000);
  expect(termsOf(restored)).toBe('2 2 4 4');
  expect(restored.slice(6, 9, 1e9)).toBeUndefined();
});
