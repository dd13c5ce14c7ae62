import type { Clock, Timer } from '@tribune/platform';
import { EventHeap } from '@tribune/testkit';

/** Turns that are ordered from the event loop at a time. Promises settle between any two of them. */
const TURNS = 64;

/**
 * The only time there is. Every promise that can settle has settled before time moves on; nothing in a history may wait
 * for the real event loop. Like the test kit's `SimClock`, for millions of timers: turns by the dozen.
 */
export class VirtualClock implements Clock {
  private readonly events = new EventHeap();

  /** @param epochMs wall time at the start: 2020-01-01T00:00:00Z */
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

  /** Runs what is due in this span, one timer after another. */
  elapse(spanMs: number): Promise<void> {
    const endMs = this.events.nowMs + spanMs;
    return new Promise((resolve, reject) => {
      let isOver = false;
      const turn = (): void => {
        if (isOver) return;
        try {
          if (this.events.runNext(endMs)) return;
          resolve();
        } catch (error) {
          reject(error as Error);
        }
        isOver = true;
      };
      const order = (): void => {
        if (isOver) return;
        for (let i = 0; i < TURNS; i++) setImmediate(turn);
        setImmediate(order);
      };
      order();
    });
  }
}
