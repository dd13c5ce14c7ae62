import { sleep, systemClock } from './clock';

describe('the system clock', () => {
  it('does not run a timer of a month at once', async () => {
    let ran = false;
    const timer = systemClock.setTimer(31 * 86_400_000, () => (ran = true));
    await sleep(systemClock, 20);
    timer.cancel();
    expect(ran).toBe(false);
  });

  it('wakes a sleeper whose signal aborts', async () => {
    const abort = new AbortController();
    const asleep = sleep(systemClock, 60_000, abort.signal);
    abort.abort();
    await expect(asleep).resolves.toBeUndefined();
  });
});
