import { assert, type Clock, type Timer } from '@tribune/platform';

/**
 * A clock that stands still until a test moves it. Timers run inside `advance`, in the order in which they are due and,
 * at the same instant, in the order in which they were set. A callback that sets another timer within the span is
 * honoured in the same call, and sees the time at which it is due, not the end of the span.
 *
 *     const clock = new SimClock();
 *     const service = create(options, { clock });
 *     clock.advance(15_000);          // everything that happens within fifteen seconds has happened
 */
export class SimClock implements Clock {
  /** Sorted by time due, then by when they were set; the next to run is first. */
  private readonly timers: SimTimer[] = [];
  private nowMs = 0;

  /** @param epochMs wall time at the start: 2020-01-01T00:00:00Z, a fixed date, so that output is the same in every run */
  constructor(private readonly epochMs = 1_577_836_800_000) {}

  monotonicMs(): number {
    return this.nowMs;
  }

  wallMs(): number {
    return this.epochMs + this.nowMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    assert(!Number.isNaN(delayMs), 'a timer has a delay');
    const timer: SimTimer = { dueMs: this.nowMs + Math.max(0, delayMs), callback };
    this.timers.splice(this.placeOf(timer), 0, timer);
    return { cancel: () => this.cancel(timer) };
  }

  /** Moves time forward and runs what is due on the way. */
  advance(spanMs: number): void {
    assert(spanMs >= 0, 'time does not run backwards');
    const endMs = this.nowMs + spanMs;
    while (this.runNext(endMs));
    this.nowMs = endMs;
  }

  /** The same for code that awaits: promises settle after each timer, before time moves on. */
  async elapse(spanMs: number): Promise<void> {
    const endMs = this.nowMs + spanMs;
    await settle();
    while (this.runNext(endMs)) await settle();
    this.nowMs = endMs;
  }

  /** Timers that have not run yet: a component that was stopped must leave none. */
  get pending(): number {
    return this.timers.length;
  }

  private runNext(endMs: number): boolean {
    const next = this.timers[0];
    if (!next || next.dueMs > endMs) return false;
    this.timers.shift();
    this.nowMs = next.dueMs;
    next.callback();
    return true;
  }

  private placeOf(timer: SimTimer): number {
    let low = 0;
    let high = this.timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timers[middle]!.dueMs <= timer.dueMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private cancel(timer: SimTimer): void {
    const at = this.timers.indexOf(timer);
    if (at >= 0) this.timers.splice(at, 1);
  }
}

interface SimTimer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** One turn of the real event loop: every promise that can settle without time has settled. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
