import type { Entry, LogIndex } from './message';

/** The newest entries, contiguous up to the end of the log. What it dropped is read back from the log store. */
export class EntryCache {
  private entries: Entry[] = [];
  private bytes = 0;

  /** `next` is the index that the next appended entry will have. */
  constructor(
    private next: LogIndex,
    private readonly bytesMax: number,
  ) {}

  get firstIndex(): LogIndex {
    return this.next - this.entries.length;
  }

  append(entry: Entry): void {
    this.entries.push(entry);
    this.bytes += sizeOf(entry);
    this.next++;
  }

  /** Forgets everything at and after `index`, which becomes the next one. */
  truncate(index: LogIndex): void {
    const kept = Math.max(0, index - this.firstIndex);
    for (const entry of this.entries.splice(kept)) this.bytes -= sizeOf(entry);
    this.next = index;
  }

  reset(next: LogIndex): void {
    this.entries = [];
    this.bytes = 0;
    this.next = next;
  }

  /** At most to `to`, at most `bytesMax` but at least one; undefined when `from` is no longer held. */
  slice(from: LogIndex, to: LogIndex, bytesMax: number): readonly Entry[] | undefined {
    if (from < this.firstIndex) return undefined;
    const start = from - this.firstIndex;
    const stop = Math.min(to - this.firstIndex + 1, this.entries.length);
    let end = start;
    for (let bytes = 0; end < stop; end++) {
      bytes += sizeOf(this.entries[end]!);
      if (end > start && bytes > bytesMax) break;
    }
    return this.entries.slice(start, end);
  }

  /** Drops old entries, none after `index`, when there is too much. A quarter at a time, so that the cost is spread. */
  trim(index: LogIndex): void {
    if (this.bytes <= this.bytesMax) return;
    this.drop(index, this.bytesMax * 0.75);
  }

  /** Drops old entries, none after `index`, until only so many bytes are left. */
  drop(index: LogIndex, bytesLeft: number): void {
    const droppable = index - this.firstIndex + 1;
    let count = 0;
    for (; count < droppable && this.bytes > bytesLeft; count++) this.bytes -= sizeOf(this.entries[count]!);
    if (count === this.entries.length) this.entries = [];
    else this.entries.splice(0, count);
  }
}

/** 64 stands for what an entry costs beside its data. */
export const sizeOf = (entry: Entry): number => entry.data.byteLength + 64;
