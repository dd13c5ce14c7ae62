import type { TermStart } from '../../src/core/config';
import { sizeOf } from '../../src/core/entry-cache';
import { decodeConfiguration } from '../../src/core/configuration-codec';
import { emptyState, type PersistentState } from '../../src/core/config';
import type { Entry, HardState, LogPosition, SnapshotMeta } from '../../src/core/message';
import type { Persist } from '../../src/core/ready';

/** Ways a disk or a shell can be wrong, for showing that the checkers bite. */
export interface DiskBugs {
  readonly forgetsVote?: boolean;
  readonly forgetsTerm?: boolean;
  readonly keepsReplacedSuffix?: boolean;
}

export interface SimSnapshot {
  readonly meta: SnapshotMeta;
  readonly state: readonly string[];
}

/** What a server finds after a crash: batches that were complete, nothing of the one that was under way. */
export class SimDisk {
  hardState: HardState = emptyState.hardState;
  base: LogPosition = emptyState.base;
  entries: Entry[] = [];
  snapshot: SimSnapshot | undefined;

  constructor(private readonly bugs: DiskBugs) {}

  get lastIndex(): number {
    return this.base.index + this.entries.length;
  }

  write({ hardState, reset, entries }: Persist): void {
    if (reset) {
      this.base = reset;
      this.entries = [];
    }
    const first = entries[0];
    if (first) {
      const keep = first.index - this.base.index - 1;
      const suffix = this.bugs.keepsReplacedSuffix ? this.entries.slice(keep + entries.length) : [];
      this.entries = [...this.entries.slice(0, keep), ...entries, ...suffix];
    }
    if (hardState) this.writeHardState(hardState);
  }

  compact(index: number): void {
    if (index <= this.base.index) return;
    const term = this.entries[index - this.base.index - 1]!.term;
    this.entries = this.entries.slice(index - this.base.index);
    this.base = { index, term };
  }

  read(from: number, to: number, bytesMax: number): readonly Entry[] {
    if (from <= this.base.index) return [];
    const entries: Entry[] = [];
    let bytes = 0;
    for (const entry of this.entries.slice(from - this.base.index - 1, to - this.base.index)) {
      bytes += sizeOf(entry);
      if (entries.length > 0 && bytes > bytesMax) break;
      entries.push(entry);
    }
    return entries;
  }

  /** What `recover` does for real stores. */
  restore(): PersistentState {
    const { snapshot, hardState } = this;
    const meta = snapshot?.meta;
    if (meta && this.termAt(meta.index) !== meta.term) {
      this.base = { index: meta.index, term: meta.term };
      this.entries = [];
    }
    const termStarts: TermStart[] = [];
    for (const { index, term } of this.entries) {
      if (termStarts.at(-1)?.term !== term) termStarts.push({ index, term });
    }
    const configurations = this.entries
      .filter((entry) => entry.kind === 'configuration')
      .map((entry) => ({ index: entry.index, configuration: decodeConfiguration(entry.data) }));
    return { hardState, base: this.base, lastIndex: this.lastIndex, termStarts, configurations, snapshot: meta };
  }

  private termAt(index: number): number | undefined {
    return index === this.base.index ? this.base.term : this.entries[index - this.base.index - 1]?.term;
  }

  private writeHardState(next: HardState): void {
    const { forgetsTerm, forgetsVote } = this.bugs;
    this.hardState = {
      term: forgetsTerm ? this.hardState.term : next.term,
      votedFor: forgetsVote ? undefined : next.votedFor,
    };
  }
}
