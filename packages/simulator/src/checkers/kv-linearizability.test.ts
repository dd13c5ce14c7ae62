import { seededRandom } from '@tribune/platform';
import type { KvAction, KvAnswer, KvOperation, KvRow } from './kv-history';
import { checkKvLinearizability } from './kv-linearizability';
import { historyOf, MUTANTS, MutantStore, type Mutant } from './mutant-store';

const row = (value: string, modifyIndex: number, lockIndex = 0, session = ''): KvRow => ({
  value,
  modifyIndex,
  lockIndex,
  session,
});
const op = (action: KvAction, calledAt: number, answer?: KvAnswer): KvOperation => ({
  key: 'k',
  action,
  calledAt,
  returnedAt: answer ? calledAt + 1 : Infinity,
  answer,
});
const get = (at: number, seen?: KvRow): KvOperation => op({ kind: 'get' }, at, { row: seen });
const put = (at: number, value: string): KvOperation => op({ kind: 'put', value }, at, { done: true });
const cas = (at: number, index: number, value: string, done: boolean): KvOperation =>
  op({ kind: 'cas', index, value }, at, { done });
const lock = (kind: 'acquire' | 'release', at: number, session: string, value: string, done: boolean): KvOperation =>
  op({ kind, session, value }, at, { done });

it.each<[string, KvOperation[]]>([
  [
    'an exchange on the index that was read',
    [put(0, 'a'), get(2, row('a', 5)), cas(4, 5, 'b', true), get(6, row('b', 6))],
  ],
  ['creation only where there is nothing', [cas(0, 0, 'a', true), cas(2, 0, 'b', false), get(4, row('a', 5))]],
  ['deletion, and again', [put(0, 'a'), op({ kind: 'delete' }, 2, { done: true }), get(4)]],
  [
    'a lock from hand to hand',
    [
      lock('acquire', 0, 's1', 'a', true),
      lock('acquire', 2, 's2', 'b', false),
      get(4, row('a', 5, 1, 's1')),
      lock('release', 6, 's1', 'c', true),
      lock('acquire', 8, 's2', 'd', true),
      get(10, row('d', 9, 2, 's2')),
    ],
  ],
  [
    'an unknown acquire that took effect',
    [op({ kind: 'acquire', session: 's1', value: 'a' }, 0), get(2, row('a', 5, 1, 's1'))],
  ],
  [
    'an unknown acquire that did not',
    [op({ kind: 'acquire', session: 's1', value: 'a' }, 0), lock('acquire', 2, 's2', 'b', true)],
  ],
])('linearizable: %s', (_what, history) =>
  expect(checkKvLinearizability(history)).toEqual({ kind: 'linearizable', operations: history.length }),
);

it.each<[string, KvOperation[]]>([
  ['an exchange on an index that is gone', [put(0, 'a'), get(2, row('a', 5)), put(4, 'b'), cas(6, 5, 'c', true)]],
  ['a lock with two holders', [lock('acquire', 0, 's1', 'a', true), lock('acquire', 2, 's2', 'b', true)]],
  ['a lock nobody else held, refused', [lock('acquire', 0, 's1', 'a', false)]],
  ['one write at two indexes', [put(0, 'a'), get(2, row('a', 5)), get(4, row('a', 6))]],
  ['two writes at one index', [put(0, 'a'), get(2, row('a', 5)), put(4, 'b'), get(6, row('b', 5))]],
  ['a later write at a lower index', [put(0, 'a'), get(2, row('a', 9)), put(4, 'b'), get(6, row('b', 5))]],
  [
    'a lower index after a deletion',
    [put(0, 'a'), get(2, row('a', 9)), op({ kind: 'delete' }, 4, { done: true }), put(6, 'b'), get(8, row('b', 5))],
  ],
  ['a row that came back', [put(0, 'a'), op({ kind: 'delete' }, 2, { done: true }), get(4, row('a', 5))]],
  ['a lock lost on the way', [lock('acquire', 0, 's1', 'a', true), put(2, 'b'), get(4, row('b', 6, 0, ''))]],
])('not linearizable: %s', (_what, history) =>
  expect(checkKvLinearizability(history)).toMatchObject({ kind: 'violation', key: 'k' }),
);

it('says that it does not know when it is cut off', () => {
  const history = historyOf(new MutantStore(undefined, seededRandom(1)), seededRandom(1), 500);
  expect(checkKvLinearizability(history, 10)).toMatchObject({ kind: 'undecided' });
});

it('judges 10,000 operations on 10 keys in seconds, and finds nothing in a sound store', () => {
  const history = historyOf(new MutantStore(undefined, seededRandom(7)), seededRandom(8), 10_000);
  expect(checkKvLinearizability(history)).toEqual({ kind: 'linearizable', operations: 10_000 });
});

it.each(MUTANTS)('catches %s, whatever the seed', (mutant: Mutant) => {
  for (const seed of [1, 2, 3]) {
    const history = historyOf(new MutantStore(mutant, seededRandom(seed)), seededRandom(seed + 100), 3_000);
    expect(checkKvLinearizability(history)).toMatchObject({ kind: 'violation' });
  }
});
