import type { Clock, Random, Timer } from '@tribune/platform';

/**
 * The clock of one machine: runs faster or slower than true time, and its process may be made to stand still, when
 * nothing runs but time goes on. Nothing set on it runs once the machine has lost its power.
 */
export class MachineClock implements Clock {
  private readonly rate: number;
  private pausedUntilMs = 0;
  private hasPower = true;
  private wallJumpMs = 0;

  constructor(
    private readonly world: Clock,
    random: Random,
    drift: number,
    private readonly afterEach: () => void,
  ) {
    this.rate = 1 + drift * (2 * random.next() - 1);
  }

  monotonicMs(): number {
    return this.world.monotonicMs() * this.rate;
  }

  wallMs(): number {
    return this.world.wallMs() + this.wallJumpMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    return this.trueTimer(Math.max(0, delayMs) / this.rate, callback);
  }

  /** What reaches this machine now; later, if its process stands still, or never, if it has lost its power. */
  whenRunning(callback: () => void): void {
    if (this.isPaused) return void this.trueTimer(0, callback);
    if (!this.hasPower) return;
    callback();
    this.afterEach();
  }

  /** After true time: what disks and networks do. Also held up while the process stands still. */
  trueTimer(delayMs: number, callback: () => void): Timer {
    let inner = this.world.setTimer(delayMs, () => run());
    const run = (): void => {
      if (!this.hasPower) return;
      const pausedMs = this.pausedUntilMs - this.world.monotonicMs();
      if (pausedMs > 0) {
        inner = this.world.setTimer(pausedMs, run);
        return;
      }
      callback();
      this.afterEach();
    };
    return { cancel: () => inner.cancel() };
  }

  /** Somebody sets the clock on the wall. The monotonic one knows nothing of it. */
  jump(byMs: number): void {
    this.wallJumpMs += byMs;
  }

  pause(forMs: number): void {
    this.pausedUntilMs = this.world.monotonicMs() + forMs;
  }

  get isPaused(): boolean {
    return this.world.monotonicMs() < this.pausedUntilMs;
  }

  powerOff(): void {
    this.hasPower = false;
  }
}
