import { LATE_MS } from '../core/hearing';

/**
 * Runs after `timeoutMs` of waiting. Time in which this process stood still is no waiting, because what has arrived
 * meanwhile is read only after late timers: it is given again once, up to as much as there was.
 */
export function patientTimeout(timeoutMs: number, run: () => void): { cancel(): void } {
  const dueMs = performance.now() + timeoutMs;
  let timer = setTimeout(() => {
    const lateMs = performance.now() - dueMs;
    if (lateMs <= LATE_MS) run();
    else timer = setTimeout(run, Math.min(lateMs, timeoutMs));
  }, timeoutMs);
  return { cancel: () => clearTimeout(timer) };
}
