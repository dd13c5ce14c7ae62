import type { Timer } from '@tribune/platform';
import type { Duty, DutyCollaborators } from './duty';

/** A restore sends its next chunk within milliseconds; one that is tried over and over gives up after half of this. */
const STALLED_MS = 60_000;

/** Ends a restore whose author went away: until then every server holds the rows that came. */
export class DropStalledRestore implements Duty {
  readonly name = 'drop-stalled-restore';
  private timer: Timer | undefined;
  private seen = '';

  constructor(
    private readonly machine: { readonly restoring: { readonly id: string; readonly chunks: number } | undefined },
    private readonly collaborators: Pick<DutyCollaborators, 'clock' | 'logger' | 'propose'>,
  ) {}

  begin(): void {
    const { restoring } = this.machine;
    const now = restoring ? `${restoring.id}/${restoring.chunks}` : '';
    if (restoring && now === this.seen) {
      this.collaborators.logger.warn('giving up a restore that does not go on', { ...restoring });
      // The next round comes back to it.
      void this.collaborators.propose({ type: 'restore-abort', id: restoring.id });
    }
    this.seen = now;
    this.timer = this.collaborators.clock.setTimer(STALLED_MS, () => this.begin());
  }

  end(): void {
    this.timer?.cancel();
    this.seen = '';
  }
}
