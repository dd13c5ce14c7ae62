import type { Action, Operation } from '../history';
import { checkLinearizability } from './linearizability';

const op = (action: Action, calledAt: number, returnedAt: number, answer?: number | boolean): Operation => ({
  key: 'k',
  action,
  calledAt,
  returnedAt,
  answer,
});
const write = (value: number, from: number, to: number): Operation => op({ kind: 'write', value }, from, to);
const read = (answer: number, from: number, to: number): Operation => op({ kind: 'read' }, from, to, answer);
const cas = (expected: number, value: number, answer: boolean, from: number, to: number): Operation =>
  op({ kind: 'cas', expected, value }, from, to, answer);

it.each<[string, Operation[]]>([
  ['nothing', []],
  ['a read of the beginning', [read(0, 1, 2)]],
  ['a read beside a write sees either', [write(1, 1, 5), read(0, 2, 3), read(1, 4, 6)]],
  ['an unknown write may take effect late', [write(1, 1, Infinity), read(0, 2, 3), read(1, 8, 9)]],
  ['an unknown write may never take effect', [write(1, 1, Infinity), read(0, 2, 3), read(0, 8, 9)]],
  ['one of two racing exchanges wins', [cas(0, 1, true, 1, 5), cas(0, 2, false, 1, 5), read(1, 6, 7)]],
])('linearizable: %s', (_what, history) => expect(checkLinearizability(history)).toEqual({ kind: 'linearizable' }));

it.each<[string, Operation[]]>([
  ['a stale read', [write(1, 1, 2), read(0, 3, 4)]],
  ['a lost write', [write(1, 1, 2), write(2, 3, 4), read(1, 5, 6)]],
  ['a value from nowhere', [read(7, 1, 2)]],
  ['time running backwards', [write(1, 1, 9), read(1, 2, 3), read(0, 4, 5)]],
  ['two winners of one exchange', [cas(0, 1, true, 1, 5), cas(0, 2, true, 1, 5)]],
  ['an exchange that should have failed', [write(5, 1, 2), cas(0, 1, true, 3, 4)]],
  ['an exchange that should have succeeded', [cas(0, 1, false, 3, 4)]],
  ['an unknown write seen and unseen', [write(1, 1, Infinity), read(1, 2, 3), read(0, 4, 5)]],
])('not linearizable: %s', (_what, history) =>
  expect(checkLinearizability(history)).toMatchObject({ kind: 'violation' }),
);

it('judges keys apart, and a long history in no time', () => {
  const history: Operation[] = [];
  for (let key = 0; key < 10; key++) {
    for (let i = 0; i < 300; i++) {
      history.push({ ...write(i, i * 10, i * 10 + 15), key: `k${key}` });
    }
  }
  expect(checkLinearizability(history)).toEqual({ kind: 'linearizable' });
});
