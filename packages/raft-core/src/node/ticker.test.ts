import type { Clock } from '@tribune/platform';
import { Ticker } from './ticker';

/** A clock that stands until it is moved; timers fire when their time has come. */
class HandClock implements Clock {
  now = 0;
  private timers: { at: number; callback: () => void }[] = [];
  monotonicMs = (): number => this.now;
  wallMs = (): number => this.now;

  setTimer(delayMs: number, callback: () => void): { cancel: () => void } {
    const timer = { at: this.now + delayMs, callback };
    this.timers.push(timer);
    return { cancel: () => void (this.timers = this.timers.filter((other) => other !== timer)) };
  }

  move(ms: number): void {
    this.now += ms;
    const due = this.timers.filter((timer) => timer.at <= this.now);
    this.timers = this.timers.filter((timer) => timer.at > this.now);
    for (const { callback } of due) callback();
  }
}

const setUp = (): { clock: HandClock; ticks: number[]; ticker: Ticker } => {
  const clock = new HandClock();
  const ticks: number[] = [];
  const ticker = new Ticker(
    10,
    clock,
    (run) => run(),
    (stalledMs) => ticks.push(stalledMs),
  );
  ticker.start();
  return { clock, ticks, ticker };
};

it('gives one tick per interval, and makes up for small delays', () => {
  const { clock, ticks } = setUp();
  clock.move(10);
  clock.move(35);
  clock.move(10);
  expect(ticks).toEqual([0, 0, 0, 0, 0]);
});

it('gives a single tick after a stall, and says how long it was', () => {
  const { clock, ticks } = setUp();
  clock.move(2000);
  expect(ticks).toEqual([2000]);
  clock.move(10);
  expect(ticks).toEqual([2000, 0]);
});

it('is silent once stopped', () => {
  const { clock, ticks, ticker } = setUp();
  ticker.stop();
  clock.move(100);
  expect(ticks).toEqual([]);
});
