import type { Clock, Timer } from '@tribune/platform';
import type { Entry, LogIndex, Term } from '../core/message';
import type { ProposeOutcome } from './outcomes';

interface Pending {
  readonly term: Term;
  readonly proposedMs: number;
  readonly answer: Answer;
}

/** Called once. Not a promise: each of those on the way of a write costs as much as its place in the log. */
export type Answer = (outcome: ProposeOutcome) => void;

/** Told once per batch: a labelled counter costs as much as the rest of an answer. */
export type CountOutcomes = (outcome: ProposeOutcome['kind'], count: number) => void;

/** A leader that was deposed learns from its successor what became of its entries; it waits that long for the news. */
const DOUBT_MS = 5_000;

/** Who waits for which entry. An entry answers its proposer only if it carries the term it was proposed in. */
export class PendingProposals {
  private readonly byIndex = new Map<LogIndex, Pending>();
  private readonly doubts = new Set<Timer>();

  constructor(
    private readonly clock: Clock,
    private readonly settled: CountOutcomes = () => undefined,
  ) {}

  get count(): number {
    return this.byIndex.size;
  }

  wait(index: LogIndex, term: Term, proposedMs: number, answer: Answer): void {
    // An entry of ours that was cut off here may live on elsewhere.
    if (this.byIndex.has(index)) this.giveUp([index], 'another entry took its place');
    this.byIndex.set(index, { term, proposedMs, answer });
  }

  /** Answers those who wait for these entries; `waited` is told since when each of them did. */
  applied(entries: readonly Entry[], results: readonly unknown[], waited: (sinceMs: number) => void): void {
    if (this.byIndex.size === 0) return;
    const before = this.byIndex.size;
    let replaced = 0;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]!;
      const pending = this.byIndex.get(entry.index);
      if (!pending) continue;
      this.byIndex.delete(entry.index);
      if (pending.term === entry.term) {
        pending.answer({ kind: 'applied', index: entry.index, result: results[i] });
      } else {
        replaced++;
        // What is committed stays, so ours never will be.
        pending.answer({ kind: 'notLeader' });
      }
      waited(pending.proposedMs);
    }
    this.tell('applied', before - this.byIndex.size - replaced);
    this.tell('notLeader', replaced);
  }

  /** They are in the log, and whether they will be applied is for others to decide now (S8): most often soon. */
  doubt(upToTerm: Term, reason: string): void {
    if (this.byIndex.size === 0) return;
    const timer = this.clock.setTimer(DOUBT_MS, () => {
      this.doubts.delete(timer);
      const doubted = [...this.byIndex].filter(([, { term }]) => term <= upToTerm);
      this.giveUp(
        doubted.map(([index]) => index),
        reason,
      );
    });
    this.doubts.add(timer);
  }

  /** Nothing will be learned here any more. */
  abandon(reason: string): void {
    for (const timer of this.doubts) timer.cancel();
    this.doubts.clear();
    this.giveUp([...this.byIndex.keys()], reason);
  }

  private giveUp(indexes: readonly LogIndex[], reason: string): void {
    for (const index of indexes) {
      const { answer } = this.byIndex.get(index)!;
      this.byIndex.delete(index);
      answer({ kind: 'unknown', reason });
    }
    this.tell('unknown', indexes.length);
  }

  private tell(outcome: 'applied' | 'notLeader' | 'unknown', count: number): void {
    if (count > 0) this.settled(outcome, count);
  }
}
