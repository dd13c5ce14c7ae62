import type { Clock } from '@tribune/platform';

/** Resolves at the event, after `timeoutMs`, or when `signal` aborts: whichever comes first. */
export function eventOrTimeout(
  event: Promise<void>,
  timeoutMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.setTimer(timeoutMs, done);
    signal.addEventListener('abort', done);
    void event.then(done);
  });
}
