import type { Clock } from '@tribune/platform';

const FIRST_MS = 100;
const LONGEST_MS = 10_000;
/** A piece that ran this long was healthy: its next death counts as the first. */
const HEALTHY_AFTER_MS = 30_000;

/** How long to wait before the next start: 100 ms, doubled up to 10 s. */
export class BackOff {
  private attempt = 0;
  private startedMs = 0;

  constructor(private readonly clock: Clock) {}

  started(): void {
    this.startedMs = this.clock.monotonicMs();
  }

  next(): { readonly attempt: number; readonly pauseMs: number } {
    if (this.clock.monotonicMs() - this.startedMs >= HEALTHY_AFTER_MS) this.attempt = 0;
    this.attempt += 1;
    return { attempt: this.attempt, pauseMs: Math.min(LONGEST_MS, FIRST_MS * 2 ** (this.attempt - 1)) };
  }
}
