import { SimClock } from './sim-clock';

test('timers run when they are due, in order of time and then of setting', () => {
  const clock = new SimClock();
  const ran: string[] = [];
  clock.setTimer(20, () => ran.push('c'));
  clock.setTimer(10, () => ran.push('a'));
  clock.setTimer(10, () => ran.push('b'));
  clock.advance(9);
  expect(ran).toEqual([]);
  clock.advance(11);
  expect(ran).toEqual(['a', 'b', 'c']);
});

test('a callback sees the time at which it is due and may set timers within the same span', () => {
  const clock = new SimClock();
  const times: number[] = [];
  const tick = (): void => {
    times.push(clock.monotonicMs());
    clock.setTimer(10, tick);
  };
  clock.setTimer(10, tick);
  clock.advance(35);
  expect(times).toEqual([10, 20, 30]);
  expect(clock.monotonicMs()).toBe(35);
});

test('a cancelled timer never runs and is not pending', () => {
  const clock = new SimClock();
  const ran = jest.fn();
  const timer = clock.setTimer(10, ran);
  timer.cancel();
  timer.cancel();
  clock.advance(100);
  expect(ran).not.toHaveBeenCalled();
  expect(clock.pending).toBe(0);
});

test('elapse lets promises settle between timers', async () => {
  const clock = new SimClock();
  const seen: number[] = [];
  const sleeper = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) {
      await new Promise<void>((resolve) => clock.setTimer(10, resolve));
      seen.push(clock.monotonicMs());
    }
  };
  const done = sleeper();
  await clock.elapse(30);
  await done;
  expect(seen).toEqual([10, 20, 30]);
});

test('wall time moves with monotonic time from a fixed date', () => {
  const clock = new SimClock();
  clock.advance(1_000);
  expect(new Date(clock.wallMs()).toISOString()).toBe('2020-01-01T00:00:01.000Z');
});
