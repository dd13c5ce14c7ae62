import { RecordingLogger, SimClock } from '@tribune/testkit';
import type { JoinPlan } from '../config/agent-config';
import { joinPool } from './join';

const plan = (given: Partial<JoinPlan>): JoinPlan => ({
  start: [],
  retry: [],
  intervalMs: 1000,
  attemptsMax: 0,
  ...given,
});

/** A pool in which the n-th attempt finds `found[n]` members. */
function pool(...found: number[]) {
  const tried: (readonly string[])[] = [];
  const clock = new SimClock();
  const membership = {
    async join(_: string, addresses: readonly string[]) {
      const joined = found[tried.length] ?? 0;
      tried.push(addresses);
      return { joined, errors: joined > 0 ? [] : ['connection refused'] };
    },
  };
  const collaborators = { membership, clock, logger: new RecordingLogger(), own: '10.0.0.1:8301' };
  return { tried, clock, collaborators };
}

test('tries again at the interval until one address answers', async () => {
  const { tried, clock, collaborators } = pool(0, 0, 2);
  const outcome = joinPool('lan', plan({ retry: ['a', 'b'] }), collaborators, new AbortController().signal);
  await clock.elapse(1999);
  expect(tried).toHaveLength(2);
  await clock.elapse(1);
  expect(await outcome).toEqual({ kind: 'done' });
  expect(tried).toHaveLength(3);
});

test('gives up after retry_max tries', async () => {
  const { clock, collaborators } = pool();
  const outcome = joinPool('lan', plan({ retry: ['a'], attemptsMax: 2 }), collaborators, new AbortController().signal);
  await clock.elapse(5000);
  expect(await outcome).toEqual({ kind: 'failed', reason: 'max join retry exhausted (lan), exiting' });
});

test('a start_join that nobody answers fails at once', async () => {
  const { collaborators } = pool();
  const outcome = await joinPool('wan', plan({ start: ['x'] }), collaborators, new AbortController().signal);
  expect(outcome).toEqual({ kind: 'failed', reason: 'joining x failed: connection refused' });
});

test('does not take itself for company', async () => {
  const { tried, collaborators } = pool(1);
  await joinPool(
    'lan',
    plan({ retry: ['10.0.0.1:8301', '10.0.0.2:8301'] }),
    collaborators,
    new AbortController().signal,
  );
  expect(tried).toEqual([['10.0.0.2:8301']]);
});

test('a stop ends the tries', async () => {
  const { clock, tried, collaborators } = pool();
  const stopping = new AbortController();
  const outcome = joinPool('lan', plan({ retry: ['a'] }), collaborators, stopping.signal);
  await clock.elapse(500);
  stopping.abort();
  expect(await outcome).toEqual({ kind: 'done' });
  expect(tried).toHaveLength(1);
});
