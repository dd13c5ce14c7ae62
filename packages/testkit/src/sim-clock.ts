import { assert, type Clock, type Timer } from '@tribune/platform';
import { EventHeap } from './event-heap';

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
  private readonly events = new EventHeap();

  /** @param epochMs wall time at the start: 2020-01-01T00:00:00Z, a fixed date, so that output is the same in every run */
  constructor(private readonly epochMs = 1_577_836_800_000) {}

  monotonicMs(): number {
    return this.events.nowMs;
  }

  wallMs(): number {
    return this.epochMs + this.events.nowMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    return this.events.at(this.events.nowMs + delayMs, callback);
  }

  /** Moves time forward and runs what is due on the way. */
  advance(spanMs: number): void {
    assert(spanMs >= 0, 'time does not run backwards');
    this.events.runUntil(this.events.nowMs + spanMs);
  }

  /** The same for code that awaits: promises settle after each timer, before time moves on. */
  async elapse(spanMs: number): Promise<void> {
    const endMs = this.events.nowMs + spanMs;
    await settle();
    while (this.events.runNext(endMs)) await settle();
  }

  /** Timers that have not run yet: a component that was stopped must leave none. */
  get pending(): number {
    return this.events.pending;
  }
}

/** One turn of the real event loop: every promise that can settle without time has settled. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
