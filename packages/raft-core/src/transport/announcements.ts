import type { Clock, Timer } from '@tribune/platform';
import type { Append } from '../core/message';

/** A commit that nothing follows is told on its own this often, and no more: one tick of the default timing. */
const PAUSE_MS = 10;

/**
 * Appends without entries to one peer: they tell of a commit, or ask where the peer stands. Under load the next append has
 * entries and says the same, so one that comes soon after the last is held back, and dropped when another append leaves.
 * At 64 writers that halves the messages between leader and follower. To consensus it is a message that was late or lost.
 */
export class Announcements {
  private held: Append | undefined;
  private timer: Timer | undefined;
  private sentMs = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly send: (message: Append) => void,
  ) {}

  offer(message: Append): void {
    if (message.entries.length > 0) {
      this.held = undefined;
      return this.send(message);
    }
    const nowMs = this.clock.monotonicMs();
    const waitMs = this.sentMs + PAUSE_MS - nowMs;
    if (waitMs <= 0) return this.sendNow(message, nowMs);
    this.held = message;
    this.timer ??= this.clock.setTimer(waitMs, () => this.due());
  }

  close(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.held = undefined;
  }

  private due(): void {
    this.timer = undefined;
    const { held } = this;
    if (held) this.sendNow(held, this.clock.monotonicMs());
  }

  private sendNow(message: Append, nowMs: number): void {
    this.held = undefined;
    this.sentMs = nowMs;
    this.send(message);
  }
}
