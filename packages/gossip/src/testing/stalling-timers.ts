import { TimerQueue } from '../core/timer-queue';

/** What one goroutine of memberlist does one after the other; everything else (countdowns, relays) has timers of its own. */
const LOOPS: readonly (readonly string[])[] = [['probe', 'probe-timeout', 'probe-end'], ['gossip'], ['push-pull']];

/**
 * Timers of a member whose sends block, as they do in Go: the loop that has sent something stands still until the send
 * returns, and then catches up with what it has missed; the countdowns of suspicions run on.
 */
export class StallingTimers extends TimerQueue {
  private readonly stalled = new Set<readonly string[]>();
  private readonly waiting = new Map<string, (nowMs: number) => void>();

  /** `hasSent` is asked after each timer: did it try to send something that is now blocked? */
  constructor(private readonly hasSent: () => boolean) {
    super();
  }

  override schedule(key: string, atMs: number, run: (nowMs: number) => void): void {
    this.waiting.delete(key);
    super.schedule(key, atMs, (nowMs) => this.runUnlessStalled(key, run, nowMs));
  }

  override cancel(key: string): void {
    this.waiting.delete(key);
    super.cancel(key);
  }

  /** The blocked sends have returned. What was due meanwhile runs in its order. */
  resume(nowMs: number): void {
    this.stalled.clear();
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const [key, run] of waiting) super.schedule(key, nowMs, (atMs) => this.runUnlessStalled(key, run, atMs));
    this.runDue(nowMs);
  }

  private runUnlessStalled(key: string, run: (nowMs: number) => void, nowMs: number): void {
    const loop = LOOPS.find((keys) => keys.includes(key));
    if (loop && this.stalled.has(loop)) return void this.waiting.set(key, run);
    run(nowMs);
    if (loop && this.hasSent()) this.stalled.add(loop);
  }
}
