import type { Clock } from '@tribune/platform';
import { WakeUp } from './wake-up';

describe('the wake-up', () => {
  let nowMs: number;
  let timers: { atMs: number; run: () => void }[];
  let woken: number[];
  let wakeUp: WakeUp;
  let packetsRead: number;
  const clock = {
    monotonicMs: () => nowMs,
    setTimer(delayMs: number, run: () => void) {
      const timer = { atMs: nowMs + delayMs, run };
      timers.push(timer);
      return { cancel: () => void (timers = timers.filter((other) => other !== timer)) };
    },
  } as Clock;
  /** Time passes at once, and what is due runs late. */
  const passTo = (atMs: number): void => {
    nowMs = atMs;
    const due = timers.filter((timer) => timer.atMs <= atMs);
    timers = timers.filter((timer) => timer.atMs > atMs);
    for (const { run } of due) run();
  };

  beforeEach(() => {
    nowMs = 0;
    timers = [];
    woken = [];
    packetsRead = 0;
    wakeUp = new WakeUp(
      clock,
      () => woken.push(nowMs),
      () => packetsRead,
    );
  });

  it('comes at the earliest time that was asked for, once', () => {
    for (const atMs of [50, 30, 40]) wakeUp.at(atMs);
    expect(timers).toHaveLength(1);
    passTo(30);
    passTo(100);
    expect(woken).toEqual([30]);
  });

  it('lets waiting packets be read first when it is late', async () => {
    wakeUp.at(30);
    passTo(100);
    expect(woken).toEqual([]);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(woken).toEqual([100]);
  });

  it('waits until no more packets come when it is late, and not for ever', async () => {
    const afterPackets = async (count: number): Promise<number> => {
      packetsRead = 0;
      woken = [];
      wakeUp.at(nowMs + 30);
      passTo(nowMs + 100);
      while (woken.length === 0) {
        packetsRead = Math.min(count, packetsRead + 1);
        await new Promise((resolve) => setImmediate(resolve));
      }
      return packetsRead;
    };
    expect(await afterPackets(10)).toBe(10);
    expect(await afterPackets(Infinity)).toBe(64);
  });

  it('does not come any more once it is cancelled, not even when it is on its way', async () => {
    wakeUp.at(30);
    passTo(100);
    wakeUp.cancel();
    wakeUp.at(200);
    passTo(300);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(woken).toEqual([]);
  });
});
