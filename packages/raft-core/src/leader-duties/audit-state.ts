import type { Timer } from '@tribune/platform';
import type { Duty, DutyCollaborators } from './duty';

/** A damaged server is found within this, the time to hash a state, and one commit. */
const INTERVAL_MS = 30_000;

/** Has all servers hash their tables now and then, and report what they found. */
export class AuditState implements Duty {
  readonly name = 'audit-state';
  private timer: Timer | undefined;

  constructor(
    private readonly collaborators: Pick<DutyCollaborators, 'clock' | 'propose'>,
    private readonly intervalMs = INTERVAL_MS,
  ) {}

  begin(): void {
    this.timer = this.collaborators.clock.setTimer(this.intervalMs, () => {
      // A round that fails is made up for by the next one.
      void this.collaborators.propose({ type: 'audit' });
      this.begin();
    });
  }

  end(): void {
    this.timer?.cancel();
  }
}
