import { seededRandom } from '@tribune/platform';
import { RecordingLogger, SimClock } from '@tribune/testkit';
import type { Observation } from '../core/check-state';
import { Agenda } from './agenda';
import { IntervalRunner } from './interval-runner';
import { Slots } from './slots';

const clock = (): SimClock => new SimClock();

/** A runner on a clock; each run ends when the test says so. */
function scene({ intervalMs = 10_000, slots = new Slots(10), at = clock(), seed = 1 } = {}) {
  const startedAt: number[] = [];
  const reported: Observation[] = [];
  const endings: ((observation: Observation) => void)[] = [];
  const runner = new IntervalRunner(
    { checkId: 'c', intervalMs },
    {
      agenda: new Agenda(at),
      slots,
      random: seededRandom(seed),
      logger: new RecordingLogger(),
      probe: {
        run: () => {
          startedAt.push(at.monotonicMs());
          return new Promise((resolve) => endings.push(resolve));
        },
      },
      report: (observation) => reported.push(observation),
    },
  );
  return { runner, clock: at, startedAt, reported, end: () => endings.shift()!({ status: 'passing', output: '' }) };
}

test('first runs of many checks spread over the interval', async () => {
  const at = clock();
  const scenes = Array.from({ length: 200 }, (_, i) => scene({ at, seed: i }));
  for (const { runner } of scenes) runner.start();
  await at.elapse(10_000);
  const starts = scenes.map(({ startedAt }) => startedAt[0]!);
  expect(starts.every((start) => start >= 0 && start < 10_000)).toBe(true);
  expect(starts.filter((start) => start < 5_000).length).toBeGreaterThan(60);
  expect(starts.filter((start) => start >= 5_000).length).toBeGreaterThan(60);
});

test('the next run begins one interval after the last has ended', async () => {
  const { runner, clock: at, startedAt, end } = scene();
  runner.start();
  await at.elapse(10_000);
  expect(startedAt.length).toBe(1);
  await at.elapse(60_000);
  expect(startedAt.length).toBe(1);
  end();
  await at.elapse(9_999);
  expect(startedAt.length).toBe(1);
  await at.elapse(1);
  expect(startedAt.length).toBe(2);
});

test('an interval is at least a second', async () => {
  const { runner, clock: at, startedAt, end } = scene({ intervalMs: 1 });
  runner.start();
  await at.elapse(1_000);
  end();
  await at.elapse(999);
  expect(startedAt.length).toBe(1);
});

test('a stopped check reports nothing more', async () => {
  const { runner, clock: at, reported, end } = scene();
  runner.start();
  await at.elapse(10_000);
  runner.stop();
  end();
  await at.elapse(60_000);
  expect([reported, at.pending]).toEqual([[], 0]);
});

test('no more probes than slots run at once, and all get their turn', async () => {
  const slots = new Slots(3);
  let running = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
  };
  await Promise.all(Array.from({ length: 20 }, () => slots.use(work)));
  expect([most, running]).toEqual([3, 0]);
});

test('a slot is given back by work that fails', async () => {
  const slots = new Slots(1);
  await expect(slots.use(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await slots.use(() => Promise.resolve('next'))).toBe('next');
});
