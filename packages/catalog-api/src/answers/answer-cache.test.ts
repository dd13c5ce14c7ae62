import { kvGet, kvList, type ReadTables } from '@tribune/state-store';
import { LocalState, SimClock } from '@tribune/testkit';
import { encodeString } from '../json/go-json';
import type { Answer } from './answer';
import { AnswerCache, type Question } from './answer-cache';

const LIMITS = { answersMax: 100, answerBytesMax: 1_000_000 };

function scene(limits = LIMITS): { state: LocalState; cache: AnswerCache; evaluated: string[]; superseded: string[] } {
  const state = new LocalState(new SimClock());
  const evaluated: string[] = [];
  const superseded: string[] = [];
  const cache = new AnswerCache(state.view, limits, (question) => superseded.push(question.key));
  return { state, cache, evaluated, superseded };
}

const put = (state: LocalState, key: string, value: string): void =>
  void state.apply({ type: 'kv', operation: { verb: 'set', key, value: Buffer.from(value), flags: 0n } });

function question(key: string, evaluated: string[] = []): Question {
  const evaluate = (tables: ReadTables) => {
    evaluated.push(key);
    const { index, watch, value } = kvGet(tables, key);
    return { index, watch, content: { kind: 'json', value: value && Buffer.from(value.value).toString() } as const };
  };
  return { key, pretty: false, evaluate };
}

const sync = (answer: Answer | Promise<Answer>): Answer => {
  if (answer instanceof Promise) throw new Error('expected an answer at once');
  return answer;
};

test('the second asking keeps the answer, the third is served from it', () => {
  const { state, cache, evaluated } = scene();
  put(state, 'a', 'one');
  const ask = () => sync(cache.obtain(question('a', evaluated), false));
  const [, second, third] = [ask(), ask(), ask()];
  expect(third).toBe(second);
  expect(evaluated).toEqual(['a', 'a']);
});

test('an answer leaves with the row that made it, and with no other', () => {
  const { state, cache } = scene();
  put(state, 'a', 'one');
  const first = sync(cache.obtain(question('a'), true));
  put(state, 'b', 'x');
  expect(cache.obtain(question('a'), true)).toBe(first);
  put(state, 'a', 'two');
  expect(first.isCurrent).toBe(false);
  expect(sync(cache.obtain(question('a'), true)).bytes).toBe('"two"');
});

test('a request target leads to its answer only while the answer is current', () => {
  const { state, cache } = scene();
  put(state, 'a', 'one');
  const answer = sync(cache.obtain(question('a'), true));
  cache.alias('/v1/kv/a', { answer, route: '/v1/kv/', headers: [] });
  expect(cache.atUrl('/v1/kv/a')?.answer).toBe(answer);
  put(state, 'a', 'two');
  expect(cache.atUrl('/v1/kv/a')).toBeUndefined();
  cache.alias('/v1/kv/a', { answer, route: '/v1/kv/', headers: [] });
  expect(cache.atUrl('/v1/kv/a')).toBeUndefined();
});

test('memory is bounded in entries and bytes; what waits or was used stays longest', () => {
  const { state, cache } = scene({ answersMax: 10, answerBytesMax: 200 });
  for (let i = 0; i < 50; i++) {
    put(state, `k${i}`, 'x'.repeat(30));
    void cache.obtain(question(`k${i}`), true);
  }
  expect(cache.bytesKept).toBeLessThanOrEqual(200);
});

test('a large list is encoded once for all who ask meanwhile, and not kept when its rows change meanwhile', async () => {
  const { state, cache } = scene();
  for (let i = 0; i < 40; i++) put(state, `p/${i}`, 'v');
  let evaluations = 0;
  const slow = (row: { key: string }): string => {
    const until = performance.now() + 1;
    while (performance.now() < until);
    return encodeString(row.key);
  };
  const list: Question = {
    key: 'list',
    pretty: false,
    evaluate: (tables) => {
      evaluations++;
      const { index, watch, value } = kvList(tables, 'p/');
      return { index, watch, content: { kind: 'list', rows: value, encode: slow } };
    },
  };
  const one = cache.obtain(list, true);
  const two = cache.obtain(list, true);
  expect(one).toBeInstanceOf(Promise);
  expect(two).toBe(one);
  put(state, 'p/new', 'v');
  const three = cache.obtain(list, true);
  const [before, after] = [await one, await three];
  expect(evaluations).toBe(2);
  expect(before.isCurrent).toBe(false);
  expect((JSON.parse(String(before.bytes)) as string[]).length).toBe(40);
  expect((JSON.parse(String(after.bytes)) as string[]).length).toBe(41);
});
