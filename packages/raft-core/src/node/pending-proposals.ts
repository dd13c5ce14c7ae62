import type { Entry, LogIndex, Term } from '../core/message';
import type { ProposeOutcome } from './outcomes';

interface Pending {
  readonly term: Term;
  readonly proposedMs: number;
  readonly resolve: (outcome: ProposeOutcome) => void;
}

/** Who waits for which entry. An entry answers its proposer only if it carries the term it was proposed in. */
export class PendingProposals {
  private readonly byIndex = new Map<LogIndex, Pending>();

  get count(): number {
    return this.byIndex.size;
  }

  wait(index: LogIndex, term: Term, proposedMs: number): Promise<ProposeOutcome> {
    return new Promise((resolve) => this.byIndex.set(index, { term, proposedMs, resolve }));
  }

  /** Returns when it was proposed, if somebody here waited for it. */
  applied(entry: Entry, result: unknown): number | undefined {
    const pending = this.byIndex.get(entry.index);
    if (!pending) return undefined;
    this.byIndex.delete(entry.index);
    if (pending.term === entry.term) pending.resolve({ kind: 'applied', index: entry.index, result });
    else pending.resolve({ kind: 'unknown', reason: 'another entry took its place' });
    return pending.proposedMs;
  }

  /** They are in the log, and whether they will be applied is for others to decide now (S8). */
  abandon(reason: string): void {
    const abandoned = [...this.byIndex.values()];
    this.byIndex.clear();
    for (const { resolve } of abandoned) resolve({ kind: 'unknown', reason });
  }
}
