import type { Configuration } from './message';
import { hasQuorum, majorityOf, quorumIndex, voteResult } from './quorum';

const servers = (ids: string): Configuration['voters'] => [...ids].map((id) => ({ id, address: id }));
const configuration = (voters: string, outgoing = ''): Configuration => ({
  voters: servers(voters),
  outgoing: servers(outgoing),
  learners: servers('xyz'),
});

test.each([
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 3],
  [5, 3],
  [7, 4],
])('a majority of %d is %d', (count, majority) => expect(majorityOf(count)).toBe(majority));

test.each([
  ['a', '', { a: 4 }, 4],
  ['abc', '', { a: 5, b: 3, c: 1 }, 3],
  ['abc', '', { a: 5 }, 0],
  ['abcd', '', { a: 5, b: 4, c: 3, d: 2 }, 3],
  ['abcde', '', { a: 9, b: 8, c: 7, d: 1, e: 1 }, 7],
  // In a joint configuration the slower half decides.
  ['abc', 'cde', { a: 9, b: 9, c: 9, d: 2, e: 1 }, 2],
  ['ab', 'cd', { a: 9, b: 9 }, 0],
  // Learners count for nothing.
  ['ab', '', { a: 1, x: 9, y: 9 }, 0],
  ['', '', { a: 9 }, 0],
] as [string, string, Record<string, number>, number][])(
  'voters %s, outgoing %s with %p: index %d',
  (voters, outgoing, matched, index) => {
    expect(quorumIndex(configuration(voters, outgoing), (id) => matched[id] ?? 0)).toBe(index);
  },
);

test.each([
  ['abc', '', 'ab', true],
  ['abc', '', 'a', false],
  ['abc', '', 'axyz', false],
  ['abc', 'ade', 'abd', true],
  ['abc', 'ade', 'abc', false],
  ['', '', 'abc', false],
])('voters %s, outgoing %s, agreeing %s: %p', (voters, outgoing, agreeing, decided) => {
  expect(hasQuorum(configuration(voters, outgoing), (id) => agreeing.includes(id))).toBe(decided);
});

test.each([
  ['abc', '', { a: true, b: true }, 'won'],
  ['abc', '', { a: true }, 'pending'],
  ['abc', '', { a: true, b: false }, 'pending'],
  ['abc', '', { b: false, c: false }, 'lost'],
  ['abcd', '', { a: true, b: true, c: false, d: false }, 'lost'],
  ['ab', 'cd', { a: true, b: true, c: false }, 'lost'],
  ['ab', 'cd', { a: true, b: true, c: true }, 'pending'],
] as [string, string, Record<string, boolean>, string][])(
  'voters %s, outgoing %s with %p: %s',
  (voters, outgoing, votes, result) => {
    expect(voteResult(configuration(voters, outgoing), new Map(Object.entries(votes)))).toBe(result);
  },
);
