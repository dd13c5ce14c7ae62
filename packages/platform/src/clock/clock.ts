/** Where time comes from. Production uses {@link systemClock}; tests and the simulator bring their own. */
export interface Clock {
  /** Milliseconds on a clock that never jumps. Only differences mean anything. */
  monotonicMs(): number;
  /** Milliseconds since the Unix epoch. May jump; never used to decide who leads or who is alive. */
  wallMs(): number;
  /** Runs `callback` once after `delayMs`; the handle cancels it. Does not keep the process alive. */
  setTimer(delayMs: number, callback: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  setTimer(delayMs, callback) {
    let handle: NodeJS.Timeout;
    // Node runs a longer timer at once, so it is taken in stretches.
    const arm = (leftMs: number): void => {
      const stretch = Math.min(leftMs, NODE_TIMER_MS_MAX);
      handle = setTimeout(() => (leftMs > stretch ? arm(leftMs - stretch) : callback()), stretch).unref();
    };
    arm(delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
};

const NODE_TIMER_MS_MAX = 2 ** 31 - 1;

/** Resolves after `delayMs`, or at once when `signal` aborts (it never rejects: callers look at the signal). */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const timer = clock.setTimer(delayMs, done);
    function done(): void {
      timer.cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done, { once: true });
  });
}
