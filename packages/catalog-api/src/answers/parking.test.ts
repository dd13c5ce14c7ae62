import { kvGet } from '@tribune/state-store';
import { LocalState, SimClock } from '@tribune/testkit';
import type { Answer } from './answer';
import type { Question } from './answer-cache';
import { Parking } from './parking';

const LIMITS = { answersMax: 100, answerBytesMax: 1_000_000 };
const STAYS = { onClose: () => undefined };
type Waited = [Question, Answer, number, number, Parameters<Parking['park']>[4]];

function scene() {
  const clock = new SimClock();
  const state = new LocalState(clock);
  const failures: unknown[] = [];
  const parking = new Parking(state.view, LIMITS, clock, (error) => failures.push(error));
  let evaluations = 0;
  const question: Question = {
    key: 'a',
    pretty: false,
    evaluate: (tables) => {
      evaluations++;
      const { index, watch, value } = kvGet(tables, 'a');
      return { index, watch, content: { kind: 'json', value: value && Buffer.from(value.value).toString() } };
    },
  };
  const put = (value: string): void =>
    void state.apply({ type: 'kv', operation: { verb: 'set', key: 'a', value: Buffer.from(value), flags: 0n } });
  const wait = (...[asked, answer, above, ms, signal]: Waited): Promise<Answer> =>
    new Promise((resolve) => parking.park(asked, answer, above, ms, signal, resolve));
  const current = (): Answer => parking.answers.obtain(question, true) as Answer;
  return { clock, state, parking, wait, question, put, current, failures, evaluations: () => evaluations };
}

test('a thousand requests that wait for the same thing share one evaluation and one body', async () => {
  const { parking, wait, question, put, current, evaluations } = scene();
  put('one');
  const answer = current();
  const before = evaluations();
  const waits = Array.from({ length: 1_000 }, () => wait(question, answer, answer.index, 60_000, STAYS));
  expect(parking.parked).toBe(1_000);
  put('two');
  const answers = await Promise.all(waits);
  expect(new Set(answers).size).toBe(1);
  expect(answers[0]!.bytes).toBe('"two"');
  expect(evaluations() - before).toBe(1);
  expect(parking.parked).toBe(0);
});

test('one that asks for more than the change brings keeps waiting, through every change', async () => {
  const { wait, question, put, current } = scene();
  put('one');
  const answer = current();
  const future = wait(question, answer, answer.index + 2, 60_000, STAYS);
  put('two');
  put('three');
  put('four');
  expect((await future).bytes).toBe('"four"');
});

test('when the time is up the latest answer comes', async () => {
  const { clock, wait, question, put, current } = scene();
  put('one');
  const answer = current();
  const waiting = wait(question, answer, answer.index, 5_000, STAYS);
  clock.advance(5_000);
  expect(await waiting).toBe(answer);
  expect(clock.pending).toBe(0);
});

test('a client that leaves takes its place with it', async () => {
  const { clock, parking, wait, question, put, current } = scene();
  put('one');
  const answer = current();
  let leave = (): void => undefined;
  const waiting = wait(question, answer, answer.index, 5_000, { onClose: (listener) => (leave = listener) });
  leave();
  await waiting;
  expect([parking.parked, answer.waiters.size, clock.pending]).toEqual([0, 0, 0]);
});

test('a change between the answer and the parking is not missed', async () => {
  const { wait, question, put, current } = scene();
  put('one');
  const answer = current();
  put('two');
  expect((await wait(question, answer, answer.index, 60_000, STAYS)).bytes).toBe('"two"');
});

test('a query that fails releases those who wait', async () => {
  const { wait, question, put, current, failures } = scene();
  put('one');
  const answer = current();
  const breaking: Question = {
    ...question,
    key: 'breaking',
    evaluate: () => {
      throw new Error('broken query');
    },
  };
  put('two');
  expect(await wait(breaking, answer, answer.index, 60_000, STAYS)).toBe(answer);
  expect(failures).toHaveLength(1);
});

test('an answer that nobody asks for any more is let go, one that is waited on stays', async () => {
  const { clock, parking, wait, question, put, current } = scene();
  await parking.start();
  put('one');
  const answer = current();
  const waiting = wait(question, answer, answer.index, 1_000_000, STAYS);
  clock.advance(120_000);
  expect(parking.answers.size).toBe(1);
  put('two');
  await waiting;
  clock.advance(120_000);
  expect(parking.answers.size).toBe(0);
  await parking.stop();
  expect(clock.pending).toBe(0);
});
