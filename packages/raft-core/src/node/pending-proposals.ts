import type { Clock, Timer } from '@tribune/platform';
import type { Entry, LogIndex, Term } from '../core/message';
import type { ProposeOutcome } from './outcomes';

interface Pending {
  readonly index: LogIndex;
  readonly term: Term;
  readonly proposedMs: number;
  readonly answer: Answer;
}

/**
 * Called once, and told how long it took. Not a promise: each of those on the way of a write costs as much as its place in
 * the log.
 */
export type Answer = (outcome: ProposeOutcome, waitedMs: number) => void;

/** Told once per batch: a labelled counter costs as much as the rest of an answer. */
export type CountOutcomes = (outcome: ProposeOutcome['kind'], count: number) => void;

/** A leader that was deposed learns from its successor what became of its entries; it waits that long for the news. */
const DOUBT_MS = 5_000;

/** Who waits for which entry. An entry answers its proposer only if it carries the term it was proposed in. */
export class PendingProposals {
  /**
   * By index, ascending. Not a map: each table that a map outgrows points at the next one, so once a table has become old
   * the collector carries along whatever waited in all later ones (half of what a server's young generation kept).
   */
  private waiting: Pending[] = [];
  private readonly doubts = new Set<Timer>();

  constructor(
    private readonly clock: Clock,
    private readonly settled: CountOutcomes = () => undefined,
  ) {}

  get count(): number {
    return this.waiting.length;
  }

  wait(index: LogIndex, term: Term, proposedMs: number, answer: Answer): void {
    const pending = { index, term, proposedMs, answer };
    const last = this.waiting.at(-1);
    if (last && last.index >= index) this.insert(pending);
    else this.waiting.push(pending);
  }

  /** Answers those who wait for these entries, which are contiguous; `observe` is told how long each of them did. */
  applied(entries: readonly Entry[], results: readonly unknown[], observe: (waitedMs: number) => void): void {
    if (this.waiting.length === 0) return;
    const nowMs = this.clock.monotonicMs();
    const first = entries[0]!.index;
    const from = this.placeOf(first);
    const answered = this.waiting.splice(from, this.placeOf(first + entries.length) - from);
    let replaced = 0;
    for (const { index, term, proposedMs, answer } of answered) {
      const waitedMs = nowMs - proposedMs;
      if (term === entries[index - first]!.term) {
        answer({ kind: 'applied', index, result: results[index - first] }, waitedMs);
      } else {
        replaced++;
        // What is committed stays, so ours never will be.
        answer({ kind: 'notLeader' }, waitedMs);
      }
      observe(waitedMs);
    }
    this.tell('applied', answered.length - replaced);
    this.tell('notLeader', replaced);
  }

  /** They are in the log, and whether they will be applied is for others to decide now (S8): most often soon. */
  doubt(upToTerm: Term, reason: string): void {
    if (this.waiting.length === 0) return;
    const timer = this.clock.setTimer(DOUBT_MS, () => {
      this.doubts.delete(timer);
      this.giveUp(({ term }) => term <= upToTerm, reason);
    });
    this.doubts.add(timer);
  }

  /** Nothing will be learned here any more. */
  abandon(reason: string): void {
    for (const timer of this.doubts) timer.cancel();
    this.doubts.clear();
    this.giveUp(() => true, reason);
  }

  /** The log was cut off before the end of those who wait, and goes on in another term. */
  private insert(pending: Pending): void {
    // An entry of ours that was cut off here may live on elsewhere.
    this.giveUp(({ index }) => index === pending.index, 'another entry took its place');
    this.waiting.splice(this.placeOf(pending.index), 0, pending);
  }

  /** How many wait for entries before this one. */
  private placeOf(index: LogIndex): number {
    let low = 0;
    let high = this.waiting.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.waiting[middle]!.index < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private giveUp(isLost: (pending: Pending) => boolean, reason: string): void {
    const lost = this.waiting.filter(isLost);
    if (lost.length > 0) this.waiting = this.waiting.filter((pending) => !isLost(pending));
    const nowMs = this.clock.monotonicMs();
    for (const { proposedMs, answer } of lost) answer({ kind: 'unknown', reason }, nowMs - proposedMs);
    this.tell('unknown', lost.length);
  }

  private tell(outcome: 'applied' | 'notLeader' | 'unknown', count: number): void {
    if (count > 0) this.settled(outcome, count);
  }
}
