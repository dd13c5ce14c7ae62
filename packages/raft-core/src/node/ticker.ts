import type { Clock, Timer } from '@tribune/platform';

/** A gap of more than this many ticks is a stall of ours (a long collection, SIGSTOP), not silence of others. */
export const STALL_TICKS = 20;

/**
 * Turns wall time into ticks. Ticks that were missed are made up for, except after a stall: then only one is given, and
 * only when the event loop has had two turns to read what arrived meanwhile. Else a server that slept would stand for
 * election before reading the heartbeats that wait in its sockets (R22).
 */
export class Ticker {
  private timer: Timer | undefined;
  private lastMs = 0;

  constructor(
    private readonly tickMs: number,
    private readonly clock: Clock,
    private readonly nextTurn: (run: () => void) => void,
    private readonly tick: (stalledMs: number) => void,
  ) {}

  start(): void {
    this.lastMs = this.clock.monotonicMs();
    this.arm();
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private arm(): void {
    this.timer = this.clock.setTimer(this.tickMs, () => this.nextTurn(() => this.catchUp()));
  }

  private catchUp(): void {
    if (!this.timer) return;
    const elapsedMs = this.clock.monotonicMs() - this.lastMs;
    const due = Math.floor(elapsedMs / this.tickMs);
    this.lastMs += due * this.tickMs;
    if (due > STALL_TICKS) {
      this.nextTurn(() => this.timer && this.tick(elapsedMs));
    } else {
      for (let i = 0; i < due; i++) this.tick(0);
    }
    this.arm();
  }
}
