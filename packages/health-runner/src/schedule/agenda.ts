import type { Clock, Timer } from '@tribune/platform';
import { DeadlineHeap, type Deadline } from './deadline-heap';

/** Node's timers hold 31 bits of milliseconds (24.8 days); what is longer would run at once, again and again. */
export const TIMER_MS_MAX = 2 ** 31 - 1;

/** Runs callbacks at their time off one timer of the clock. */
export class Agenda {
  private readonly deadlines = new DeadlineHeap();
  private timer: Timer | undefined;
  private timerDueMs = Infinity;

  constructor(private readonly clock: Clock) {}

  /** Runs `callback` once after `delayMs`. It must not throw. */
  after(delayMs: number, callback: () => void): Deadline {
    const deadline = this.deadlines.add(this.clock.monotonicMs() + Math.max(0, delayMs), callback);
    if (deadline.dueMs < this.timerDueMs) this.arm(deadline.dueMs);
    return deadline;
  }

  private arm(dueMs: number): void {
    this.timer?.cancel();
    this.timerDueMs = dueMs;
    // Woken too early, `turn` finds nothing due and goes on waiting.
    const delayMs = Math.min(TIMER_MS_MAX, Math.max(0, dueMs - this.clock.monotonicMs()));
    this.timer = this.clock.setTimer(delayMs, () => this.turn());
  }

  private turn(): void {
    this.timer = undefined;
    this.timerDueMs = Infinity;
    for (const callback of this.deadlines.takeDue(this.clock.monotonicMs())) callback();
    const next = this.deadlines.nextMs();
    if (next !== undefined && next < this.timerDueMs) this.arm(next);
  }

  /** Forgets the timer; nothing runs any more until the next `after`. */
  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.timerDueMs = Infinity;
  }
}
