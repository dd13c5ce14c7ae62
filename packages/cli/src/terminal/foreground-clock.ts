import { systemClock, type Clock } from '@tribune/platform';

/** The system's clock, whose timers keep the process alive: a watch that waits for its next try is not done. */
export const foregroundClock: Clock = {
  ...systemClock,
  setTimer(delayMs, callback) {
    const handle = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
};
