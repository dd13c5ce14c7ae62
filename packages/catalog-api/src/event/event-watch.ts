import { messageOf, sleep, type Clock, type Logger } from '@tribune/platform';
import type { MembershipApi } from '@tribune/protocol';

/** The membership service went away: watch it again after this. Milliseconds. */
const RETRY_MS = 1_000;

/** Wakes those who wait for the next user event. Watches membership only while somebody waits. */
export class EventWatch {
  private readonly waiting = new Set<() => void>();
  private watching: AbortController | undefined;

  constructor(
    private readonly membership: MembershipApi,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Resolves at the next event, at the time limit, or when `signal` aborts. */
  next(timeoutMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        if (!this.waiting.delete(done)) return;
        timer.cancel();
        if (this.waiting.size === 0) this.stop();
        resolve();
      };
      this.waiting.add(done);
      const timer = this.clock.setTimer(timeoutMs, done);
      signal.addEventListener('abort', done, { once: true });
      if (!this.watching) void this.watch();
    });
  }

  stop(): void {
    this.watching?.abort();
    this.watching = undefined;
  }

  private async watch(): Promise<void> {
    const aborter = new AbortController();
    this.watching = aborter;
    while (!aborter.signal.aborted) {
      try {
        for await (const event of this.membership.watch(aborter.signal)) {
          if (event.kind === 'userEvent') for (const wake of [...this.waiting]) wake();
        }
      } catch (error) {
        this.logger.warn('user events cannot be watched', { error: messageOf(error) });
        await sleep(this.clock, RETRY_MS, aborter.signal);
      }
    }
  }
}
