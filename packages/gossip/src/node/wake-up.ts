import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock, Timer } from '@tribune/platform';
import { LATE_MS } from '../core/hearing';

/** So many turns of the event loop at most, of 32 packets each (libuv): as many as wait after a long pause. */
const READING_TURNS_MAX = 64;

/** One timer for the earliest deadline of all. */
export class WakeUp {
  private timer: Timer | undefined;
  private timerAtMs = Infinity;
  private isOver = false;

  constructor(
    private readonly clock: Clock,
    private readonly run: () => void,
    private readonly packetsRead: () => number,
  ) {}

  /** Wakes at that time, unless it wakes before anyway; `run` says when next. */
  at(atMs: number): void {
    if (atMs >= this.timerAtMs || this.isOver) return;
    this.timer?.cancel();
    this.timerAtMs = atMs;
    const delayMs = Math.max(0, atMs - this.clock.monotonicMs());
    this.timer = this.clock.setTimer(delayMs, () => void this.wake(atMs));
  }

  /** For good. */
  cancel(): void {
    this.isOver = true;
    this.timer?.cancel();
  }

  private async wake(plannedMs: number): Promise<void> {
    // Packets may be waiting which would change its verdict.
    if (this.clock.monotonicMs() - plannedMs > LATE_MS) await this.reading();
    if (this.isOver) return;
    this.timerAtMs = Infinity;
    this.run();
  }

  /** Until a turn brings no further packet. */
  private async reading(): Promise<void> {
    for (let turn = 0; turn < READING_TURNS_MAX; turn++) {
      const before = this.packetsRead();
      await nextTurn();
      if (this.packetsRead() === before) return;
    }
  }
}
