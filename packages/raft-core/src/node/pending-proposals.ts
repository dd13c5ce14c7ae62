import type { Entry, LogIndex, Term } from '../core/message';
import type { ProposeOutcome } from './outcomes';

interface Pending {
  readonly term: Term;
  readonly proposedMs: number;
  readonly resolve: (outcome: ProposeOutcome) => void;
}

/** Told once per batch: a labelled counter costs as much as the rest of an answer. */
export type CountOutcomes = (outcome: ProposeOutcome['kind'], count: number) => void;

/** Who waits for which entry. An entry answers its proposer only if it carries the term it was proposed in. */
export class PendingProposals {
  private readonly byIndex = new Map<LogIndex, Pending>();

  constructor(private readonly settled: CountOutcomes = () => undefined) {}

  get count(): number {
    return this.byIndex.size;
  }

  wait(index: LogIndex, term: Term, proposedMs: number): Promise<ProposeOutcome> {
    return new Promise((resolve) => this.byIndex.set(index, { term, proposedMs, resolve }));
  }

  /** Answers those who wait for these entries; `waited` is told since when each of them did. */
  applied(entries: readonly Entry[], results: readonly unknown[], waited: (sinceMs: number) => void): void {
    if (this.byIndex.size === 0) return;
    const before = this.byIndex.size;
    let replaced = 0;
    for (const [i, entry] of entries.entries()) {
      const pending = this.byIndex.get(entry.index);
      if (!pending) continue;
      this.byIndex.delete(entry.index);
      if (pending.term === entry.term) {
        pending.resolve({ kind: 'applied', index: entry.index, result: results[i] });
      } else {
        replaced++;
        pending.resolve({ kind: 'unknown', reason: 'another entry took its place' });
      }
      waited(pending.proposedMs);
    }
    this.tell('applied', before - this.byIndex.size - replaced);
    this.tell('unknown', replaced);
  }

  /** They are in the log, and whether they will be applied is for others to decide now (S8). */
  abandon(reason: string): void {
    const abandoned = [...this.byIndex.values()];
    this.byIndex.clear();
    for (const { resolve } of abandoned) resolve({ kind: 'unknown', reason });
    this.tell('unknown', abandoned.length);
  }

  private tell(outcome: 'applied' | 'unknown', count: number): void {
    if (count > 0) this.settled(outcome, count);
  }
}
