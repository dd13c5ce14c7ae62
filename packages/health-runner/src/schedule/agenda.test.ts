import type { Clock } from '@tribune/platform';
import { SimClock } from '@tribune/testkit';
import { Agenda, TIMER_MS_MAX } from './agenda';

test('callbacks run at their time, off one timer', () => {
  const clock = new SimClock();
  const agenda = new Agenda(clock);
  const ran: number[] = [];
  for (const delay of [30, 10, 20, 10]) agenda.after(delay, () => ran.push(delay));
  expect(clock.pending).toBe(1);
  clock.advance(10);
  expect(ran).toEqual([10, 10]);
  clock.advance(100);
  expect([ran, clock.pending]).toEqual([[10, 10, 20, 30], 0]);
});

test('a callback may plan the next one', () => {
  const clock = new SimClock();
  const agenda = new Agenda(clock);
  let count = 0;
  const again = (): void => {
    count++;
    agenda.after(10, again);
  };
  agenda.after(10, again);
  clock.advance(100);
  expect(count).toBe(10);
});

test('what lies further ahead than a timer reaches is waited for in steps', () => {
  const clock = new SimClock();
  const delays: number[] = [];
  const recording: Clock = {
    monotonicMs: () => clock.monotonicMs(),
    wallMs: () => clock.wallMs(),
    setTimer(delayMs, callback) {
      delays.push(delayMs);
      return clock.setTimer(delayMs, callback);
    },
  };
  let ran = false;
  new Agenda(recording).after(3 * TIMER_MS_MAX, () => (ran = true));
  clock.advance(3 * TIMER_MS_MAX - 1);
  expect(ran).toBe(false);
  clock.advance(1);
  expect([ran, Math.max(...delays)]).toEqual([true, TIMER_MS_MAX]);
});

test('a stopped agenda runs nothing', () => {
  const clock = new SimClock();
  const agenda = new Agenda(clock);
  agenda.after(10, () => expect('run').toBe('never'));
  agenda.stop();
  clock.advance(100);
  expect(clock.pending).toBe(0);
});
