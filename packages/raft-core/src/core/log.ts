/**
 * The log: which entries there are, and how far they got.
 *
 *        base      applied     commit      stable      last
 *   ──────┤───────────┤───────────┤───────────┤───────────┤
 *    in the snapshot                 on disk    still in memory only
 *
 * base ≤ applied ≤ commit ≤ last, and stable ≤ last. An entry may be committed, and even applied, before this server's
 * own disk has it: the disks of a majority do. The log knows the term of every entry, but holds only the newest entries
 * in memory; a slice that reaches further back is `undefined` and must be loaded by the shell.
 */
import { assert } from '@tribune/platform';
import type { PersistentState, TermStart } from './config';
import { EntryCache } from './entry-cache';
import type { Entry, LogIndex, LogPosition, Term } from './message';

/** What a server that is alone keeps in memory of its log, for the first one that joins it. */
const LONE_CACHE_BYTES = 64 * 1024;

export class RaftLog {
  base: LogPosition;
  lastIndex: LogIndex;
  stableIndex: LogIndex;
  commitIndex: LogIndex;
  appliedIndex: LogIndex;
  private readonly starts: TermStart[];
  private readonly cache: EntryCache;

  constructor(restored: PersistentState, cacheBytesMax: number) {
    this.base = restored.base;
    this.lastIndex = restored.lastIndex;
    this.stableIndex = restored.lastIndex;
    this.commitIndex = this.appliedIndex = restored.snapshot?.index ?? restored.base.index;
    this.starts = [...restored.termStarts];
    this.cache = new EntryCache(restored.lastIndex + 1, cacheBytesMax);
    assert(
      this.base.index <= this.commitIndex && this.commitIndex <= this.lastIndex,
      'base ≤ snapshot ≤ last at start',
    );
  }

  get last(): LogPosition {
    return { index: this.lastIndex, term: this.lastTerm };
  }

  private get lastTerm(): Term {
    return this.starts.at(-1)?.term ?? this.base.term;
  }

  /** Undefined outside [base, last]. */
  termAt(index: LogIndex): Term | undefined {
    if (index < this.base.index || index > this.lastIndex) return undefined;
    if (index === this.base.index) return this.base.term;
    return this.starts[this.startOf(index)]!.term;
  }

  has(position: LogPosition): boolean {
    return this.termAt(position.index) === position.term;
  }

  isOfTerm(index: LogIndex, term: Term): boolean {
    return this.termAt(index) === term;
  }

  /** Raft §5.4.1: the log whose last entry has the later term is more up to date; in the same term, the longer one. */
  isUpToDate(other: LogPosition): boolean {
    const mine = this.last;
    return other.term > mine.term || (other.term === mine.term && other.index >= mine.index);
  }

  /**
   * The last index at or before `position` whose term is at most `position.term`: beyond it the logs must differ, so a
   * disagreement costs one probe per term instead of one per entry (R15). Never before `base`.
   */
  lastPossibleAgreement(position: LogPosition): LogPosition {
    const from = Math.min(position.index, this.lastIndex);
    if (from <= this.base.index) return { index: from, term: this.termAt(from) ?? 0 };
    let run = this.startOf(from);
    if (this.starts[run]!.term <= position.term) return { index: from, term: this.starts[run]!.term };
    while (run >= 0 && this.starts[run]!.term > position.term) run--;
    if (run < 0) return this.base;
    return { index: this.starts[run + 1]!.index - 1, term: this.starts[run]!.term };
  }

  /** Adds one entry at the end. */
  append(entry: Entry): void {
    assert(entry.index === this.lastIndex + 1, 'entries are contiguous');
    const { lastTerm } = this;
    assert(entry.term >= lastTerm, 'terms never fall along the log');
    if (entry.term !== lastTerm || this.lastIndex === this.base.index) {
      this.starts.push({ term: entry.term, index: entry.index });
    }
    this.lastIndex = entry.index;
    this.cache.append(entry);
  }

  /** Removes everything at and after `index`, which contradicts the leader's log. */
  truncate(index: LogIndex): void {
    assert(index > this.commitIndex, 'a committed entry is never removed');
    while (this.starts.length > 0 && this.starts.at(-1)!.index >= index) this.starts.pop();
    this.lastIndex = index - 1;
    this.stableIndex = Math.min(this.stableIndex, this.lastIndex);
    this.cache.truncate(index);
  }

  /** A snapshot takes the place of the whole log. */
  reset(base: LogPosition): void {
    assert(base.index > this.commitIndex, 'a snapshot never takes the log back');
    this.base = { index: base.index, term: base.term };
    this.starts.length = 0;
    this.lastIndex = this.stableIndex = this.commitIndex = base.index;
    this.cache.reset(base.index + 1);
  }

  slice(from: LogIndex, to: LogIndex, bytesMax: number): readonly Entry[] | undefined {
    return from > to ? [] : this.cache.slice(from, to, bytesMax);
  }

  /** Raises the commit index; false when it was there already. */
  commitTo(index: LogIndex): boolean {
    if (index <= this.commitIndex) return false;
    assert(index <= this.lastIndex, 'only entries that exist are committed');
    this.commitIndex = index;
    return true;
  }

  applied(index: LogIndex): void {
    assert(index >= this.appliedIndex && index <= this.commitIndex, 'applied ≤ commit, and never falls');
    this.appliedIndex = index;
    this.trim();
  }

  /** Nobody else is there to ask for them, and the garbage collector would carry them along for long. */
  forgetApplied(): void {
    this.cache.drop(Math.min(this.appliedIndex, this.stableIndex), LONE_CACHE_BYTES);
  }

  /** `entries` reached the disk. Those that were replaced meanwhile do not count: only the part that is still here. */
  stabilized(entries: readonly Entry[]): void {
    for (let i = entries.length - 1; i >= 0; i--) {
      const entry = entries[i]!;
      if (!this.has(entry) || entry.index <= this.base.index) continue;
      this.stableIndex = Math.max(this.stableIndex, entry.index);
      break;
    }
    this.trim();
  }

  /** Forgets entries up to `index`; a snapshot holds what they did. */
  compact(index: LogIndex): void {
    if (index <= this.base.index) return;
    assert(index <= this.appliedIndex && index <= this.stableIndex, 'only applied, durable entries are compacted');
    const term = this.termAt(index)!;
    const run = this.startOf(index);
    const next = this.starts[run + 1];
    const endsHere = next ? next.index === index + 1 : index === this.lastIndex;
    this.starts.splice(0, endsHere ? run + 1 : run);
    if (!endsHere) this.starts[0] = { term, index: index + 1 };
    this.base = { index, term };
  }

  private trim(): void {
    this.cache.trim(Math.min(this.appliedIndex, this.stableIndex));
  }

  /** The run of equal terms that `index` lies in. Most questions are about the newest one. */
  private startOf(index: LogIndex): number {
    let low = 0;
    let high = this.starts.length - 1;
    if (this.starts[high]!.index <= index) return high;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.starts[middle]!.index <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
