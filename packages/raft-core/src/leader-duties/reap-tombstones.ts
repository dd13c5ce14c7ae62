import type { Timer } from '@tribune/platform';
import type { Duty, DutyCollaborators } from './duty';

/** Consul's `TombstoneTTL` and `TombstoneTTLGranularity`. */
const TOMBSTONE_TTL_MS = 15 * 60_000;
const GRANULARITY_MS = 30_000;

/**
 * Drops KV tombstones once every reader had time to see the deletion. Every 30 s the current revision is noted; a note
 * that is 15 minutes old says up to where tombstones may go. A new leader begins with no notes, so none goes early.
 */
export class ReapTombstones implements Duty {
  readonly name = 'reap-tombstones';
  private notes: { readonly atMs: number; readonly revision: number }[] = [];
  private timer: Timer | undefined;

  constructor(private readonly collaborators: DutyCollaborators) {}

  begin(): void {
    this.note();
  }

  end(): void {
    this.timer?.cancel();
    this.notes = [];
  }

  private note(): void {
    const { clock, view } = this.collaborators;
    const nowMs = clock.monotonicMs();
    this.timer = clock.setTimer(GRANULARITY_MS, () => this.note());
    void this.reap(nowMs - TOMBSTONE_TTL_MS);
    if (this.notes.at(-1)?.revision !== view.revision) this.notes.push({ atMs: nowMs, revision: view.revision });
  }

  private async reap(untilMs: number): Promise<void> {
    const { logger, propose, view } = this.collaborators;
    const old = this.notes.filter(({ atMs }) => atMs <= untilMs);
    const throughIndex = old.at(-1)?.revision;
    if (throughIndex === undefined) return;
    if (!hasTombstone(view.tables.tombstones.rows(), throughIndex)) return this.forget(throughIndex);
    const result = await propose({ type: 'tombstone-reap', throughIndex });
    if (result.kind === 'applied') this.forget(throughIndex);
    else logger.warn('tombstones could not be reaped, trying again', { reason: result.reason });
  }

  private forget(throughIndex: number): void {
    this.notes = this.notes.filter(({ revision }) => revision > throughIndex);
  }
}

function hasTombstone(rows: Iterable<{ readonly index: number }>, throughIndex: number): boolean {
  for (const { index } of rows) if (index <= throughIndex) return true;
  return false;
}
