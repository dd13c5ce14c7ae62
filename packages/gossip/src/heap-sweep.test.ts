import type { Clock } from '@tribune/platform';
import { HeapSweep } from './heap-sweep';

describe('sweeping the heap', () => {
  const timers = new Set<() => void>();
  const clock = {
    setTimer(_: number, run: () => void) {
      timers.add(run);
      return { cancel: () => timers.delete(run) };
    },
  } as unknown as Clock;
  const pass = (): void => {
    const due = [...timers];
    timers.clear();
    for (const run of due) run();
  };

  it('goes on until it is stopped', async () => {
    let sweeps = 0;
    const sweep = new HeapSweep(clock, () => (sweeps += 1));
    await sweep.start();
    pass();
    pass();
    expect(sweeps).toBe(2);
    await sweep.stop();
    pass();
    expect([sweeps, timers.size]).toEqual([2, 0]);
  });

  it('collects what nobody holds any more', async () => {
    const gone = abandoned();
    // A WeakRef holds its target until the turn is over.
    await new Promise((resolve) => setImmediate(resolve));
    await new HeapSweep(clock).start();
    pass();
    expect(gone.deref()).toBeUndefined();
    timers.clear();
  });
});

/** In a function of its own: nothing of the caller's can still hold it. */
const abandoned = (): WeakRef<Buffer> => new WeakRef(Buffer.alloc(1_000_000));
