import type { Clock, Timer } from '@tribune/platform';

/** Who cannot be let in for so long is told to come again. */
const PATIENCE_MS = 5_000;
/** Let in at once when there is room again: what it makes of the log shows only when it was applied. */
const BURST_BYTES = 4 * 1024 * 1024;

interface Waiting {
  readonly bytes: number;
  readonly admit: (isAdmitted: boolean) => void;
  readonly timer: Timer;
}

/**
 * Proposals that come faster than snapshots let the log be cleared wait, so that the log does not fill the disk. They go
 * in in the order in which they came, and nothing in the log waits for them.
 */
export class LogPace {
  private waiting: Waiting[] = [];

  constructor(
    /** The log on disk is longer than it should be. */
    private readonly isBehind: () => boolean,
    private readonly clock: Clock,
  ) {}

  get count(): number {
    return this.waiting.length;
  }

  /** Undefined: at once. False: not for a while. */
  admission(bytes: number): Promise<boolean> | undefined {
    if (this.waiting.length === 0 && !this.isBehind()) return undefined;
    return new Promise((resolve) => {
      const timer = this.clock.setTimer(PATIENCE_MS, () => this.giveUp(waiting));
      const waiting = { bytes, admit: resolve, timer };
      this.waiting.push(waiting);
    });
  }

  /** The log may have become shorter. */
  release(): void {
    if (this.waiting.length === 0 || this.isBehind()) return;
    let count = 0;
    for (let bytes = 0; count < this.waiting.length && bytes < BURST_BYTES; count++)
      bytes += this.waiting[count]!.bytes;
    this.settle(this.waiting.splice(0, count), true);
  }

  /** Nobody waits here any more: there is nothing to wait for. */
  end(): void {
    this.settle(this.waiting.splice(0), false);
  }

  private giveUp(waiting: Waiting): void {
    this.waiting = this.waiting.filter((other) => other !== waiting);
    this.settle([waiting], false);
  }

  private settle(settled: readonly Waiting[], isAdmitted: boolean): void {
    for (const { admit, timer } of settled) {
      timer.cancel();
      admit(isAdmitted);
    }
  }
}
