import type { Timer } from '@tribune/platform';
import type { Delta, LockDelayRow } from '@tribune/state-store';
import type { Duty, DutyCollaborators } from './duty';

const RETRY_MS = 1_000;
/** Delays that pass within this time of each other travel together. */
const BATCH_MS = 5;

interface Running {
  readonly row: LockDelayRow;
  timer: Timer;
}

/**
 * Ends lock delays: after a session died, nobody may take its locks for a while, so that a holder that does not know
 * yet can finish. The delays are rows; how much of each has passed is known to the leader's monotonic clock alone, and
 * a new leader starts them anew (longer, never shorter).
 */
export class ExpireLockDelays implements Duty {
  readonly name = 'expire-lock-delays';
  private readonly running = new Map<string, Running>();
  private due: LockDelayRow[] = [];
  private unfollow: (() => void) | undefined;

  constructor(private readonly collaborators: DutyCollaborators) {}

  begin(): void {
    const { view } = this.collaborators;
    for (const row of view.tables.lockDelays.rows()) this.arm(row, row.delayNs / 1e6);
    this.unfollow = view.follow((_revision, deltas) => this.observe(deltas), ['lockDelays']);
  }

  end(): void {
    this.unfollow?.();
    this.unfollow = undefined;
    for (const { timer } of this.running.values()) timer.cancel();
    this.running.clear();
    this.due = [];
  }

  private observe(deltas: readonly Delta[]): void {
    for (const delta of deltas) {
      if (delta.table !== 'lockDelays') continue;
      if (delta.op === 'delete') this.disarm(delta.row.key);
      else this.arm(delta.row, delta.row.delayNs / 1e6);
    }
  }

  private arm(row: LockDelayRow, delayMs: number): void {
    this.disarm(row.key);
    this.running.set(row.key, { row, timer: this.collaborators.clock.setTimer(delayMs, () => this.pass(row)) });
  }

  private disarm(key: string): void {
    this.running.get(key)?.timer.cancel();
    this.running.delete(key);
  }

  // A session held many keys: their delays pass together and travel in one command.
  private pass(row: LockDelayRow): void {
    if (this.due.push(row) > 1) return;
    this.collaborators.clock.setTimer(BATCH_MS, () => void this.expire());
  }

  private async expire(): Promise<void> {
    const rows = this.due.filter((row) => this.running.get(row.key)?.row === row);
    this.due = [];
    if (rows.length === 0) return;
    const keys = rows.map(({ key, createIndex }) => ({ key, createIndex }));
    const result = await this.collaborators.propose({ type: 'lock-delay-expire', keys });
    if (result.kind === 'applied') return;
    this.collaborators.logger.warn('lock delays could not be ended, trying again', { reason: result.reason });
    for (const row of rows) if (this.running.get(row.key)?.row === row) this.arm(row, RETRY_MS);
  }
}
