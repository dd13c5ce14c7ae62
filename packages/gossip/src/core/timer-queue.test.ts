import { seededRandom } from '@tribune/platform';
import { TimerQueue } from './timer-queue';

describe('the timer queue', () => {
  it('runs what is due in order of time, equal times in order of age', () => {
    const timers = new TimerQueue();
    const ran: string[] = [];
    for (const [key, atMs] of [
      ['c', 3],
      ['a', 1],
      ['b1', 2],
      ['b2', 2],
      ['d', 9],
    ] as const) {
      timers.schedule(key, atMs, () => ran.push(key));
    }
    timers.runDue(3);
    expect(ran).toEqual(['a', 'b1', 'b2', 'c']);
    expect(timers.nextAtMs()).toBe(9);
  });

  it('replaces and cancels by key', () => {
    const timers = new TimerQueue();
    const run = jest.fn();
    timers.schedule('k', 1, run);
    timers.schedule('k', 5, run);
    timers.schedule('gone', 2, run);
    timers.cancel('gone');
    expect(timers.nextAtMs()).toBe(5);
    timers.runDue(10);
    expect(run).toHaveBeenCalledTimes(1);
    expect(timers.nextAtMs()).toBe(Infinity);
  });

  it('runs what due timers schedule for the past', () => {
    const timers = new TimerQueue();
    const ran: number[] = [];
    timers.schedule('a', 1, () => timers.schedule('b', 2, () => ran.push(2)));
    timers.runDue(5);
    expect(ran).toEqual([2]);
  });

  it('keeps the order for thousands of random deadlines', () => {
    const timers = new TimerQueue();
    const random = seededRandom(5);
    const ran: number[] = [];
    for (let i = 0; i < 3000; i++) {
      const atMs = random.integer(500);
      timers.schedule(`k${i}`, atMs, () => ran.push(atMs));
    }
    for (let nowMs = 0; nowMs <= 500; nowMs += 7) timers.runDue(nowMs);
    timers.runDue(500);
    expect(ran).toEqual([...ran].sort((a, b) => a - b));
    expect(ran).toHaveLength(3000);
  });
});
