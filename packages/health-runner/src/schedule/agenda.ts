import type { Clock, Timer } from '@tribune/platform';
import { DeadlineHeap, type Deadline } from './deadline-heap';

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
    this.timer = this.clock.setTimer(Math.max(0, dueMs - this.clock.monotonicMs()), () => this.turn());
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
