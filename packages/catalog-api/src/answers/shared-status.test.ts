import type { LeaderStatus } from '@tribune/protocol';
import { SharedStatus } from './shared-status';

const status = (term: number): LeaderStatus => ({ term }) as LeaderStatus;

/** A server that is asked over a network: answers when told to. */
function remote() {
  const answers: ((result: LeaderStatus | Error) => void)[] = [];
  const shared = new SharedStatus({
    status: () =>
      new Promise<LeaderStatus>((resolve, reject) =>
        answers.push((result) => (result instanceof Error ? reject(result) : resolve(result))),
      ),
  });
  return { shared, answers };
}

test('who asks while an answer is coming shares it', async () => {
  const { shared, answers } = remote();
  const asked = [shared.get(), shared.get(), shared.get()];
  expect(answers).toHaveLength(1);
  answers[0]!(status(7));
  expect(await Promise.all(asked)).toEqual([status(7), status(7), status(7)]);
});

test('an answer is not kept', async () => {
  const { shared, answers } = remote();
  const first = shared.get();
  answers[0]!(status(7));
  await first;
  const second = shared.get();
  answers[1]!(status(8));
  expect(await second).toEqual(status(8));
});

test('a failure reaches all who shared it and nobody after them', async () => {
  const { shared, answers } = remote();
  const asked = Promise.allSettled([shared.get(), shared.get()]);
  answers[0]!(new Error('gone'));
  expect((await asked).map(({ status: outcome }) => outcome)).toEqual(['rejected', 'rejected']);
  const later = shared.get();
  answers[1]!(status(8));
  expect(await later).toEqual(status(8));
});

test('a server in this process is asked each time, without a promise', () => {
  let term = 0;
  const shared = new SharedStatus({ status: () => status(++term) });
  expect([shared.get(), shared.get()]).toEqual([status(1), status(2)]);
});
