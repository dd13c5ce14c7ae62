import type { LeaderStatus, StateApi } from '@tribune/protocol';

/**
 * How far behind the view's server is, which every stale read reports. From another process it takes a round trip, and
 * whoever asks meanwhile shares its answer: one call each made a stale read ten times as dear as a default one.
 */
export class SharedStatus {
  private coming: Promise<LeaderStatus> | undefined;

  constructor(private readonly state: Pick<StateApi, 'status'>) {}

  /** At most one round trip old. */
  get(): LeaderStatus | Promise<LeaderStatus> {
    if (this.coming) return this.coming;
    const status = this.state.status();
    if (!(status instanceof Promise)) return status;
    this.coming = status.finally(() => (this.coming = undefined));
    return this.coming;
  }
}
