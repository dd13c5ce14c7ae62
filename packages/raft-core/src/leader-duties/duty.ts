import type { Clock, Logger } from '@tribune/platform';
import type { Command, View } from '@tribune/state-store';

/** A loop that only the leader runs. `begin` may be called again after `end`, in a later term. */
export interface Duty {
  readonly name: string;
  /** This server leads and its view holds everything that was committed before. */
  begin(): void;
  /** It does not lead any more; nothing may be proposed from here on. */
  end(): void;
}

export interface DutyCollaborators {
  readonly view: View;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Resolves with what became of it. Expected refusals are values; it does not throw. */
  readonly propose: (command: Command) => Promise<DutyProposal>;
}

/** `failed` also stands for "unknown": every command of a duty may safely be proposed twice. */
export type DutyProposal = { readonly kind: 'applied' } | { readonly kind: 'failed'; readonly reason: string };

/** Runs all duties while this server leads. */
export class LeaderDuties {
  private running = false;

  constructor(
    private readonly duties: readonly Duty[],
    private readonly logger: Logger,
  ) {}

  begin(): void {
    if (this.running) return;
    this.running = true;
    this.logger.debug('leader duties begin', { duties: this.duties.length });
    for (const duty of this.duties) duty.begin();
  }

  /** The state was replaced while this server leads: timers, and what is known of members, must be taken up again. */
  beginAnew(): void {
    if (!this.running) return;
    this.end();
    this.begin();
  }

  end(): void {
    if (!this.running) return;
    this.running = false;
    for (const duty of this.duties) duty.end();
    this.logger.debug('leader duties end');
  }
}
