import type { LogIndex } from '../core/message';

const STEP_ENTRIES = 128;

/**
 * How many bytes of commands lie behind an index, roughly: one mark per {@link STEP_ENTRIES}. Lets snapshots and
 * compaction follow volume as well as count, since 10,000 entries may be 1 MiB or 5 GiB.
 */
export class AppliedVolume {
  private readonly marks: { readonly index: LogIndex; readonly bytes: number }[] = [];
  /** Applied since the start. */
  total = 0;

  applied(index: LogIndex, bytes: number): void {
    this.total += bytes;
    const last = this.marks.at(-1);
    if (!last || index - last.index >= STEP_ENTRIES || this.total - last.bytes > 1024 * 1024) {
      this.marks.push({ index, bytes: this.total });
    }
  }

  /** Applied after `index`, as far as is remembered. */
  since(index: LogIndex): number {
    return this.total - this.upTo(index);
  }

  /** The part of {@link total} that lies up to `index`. */
  upTo(index: LogIndex): number {
    return this.marks[this.marksUpTo(index) - 1]?.bytes ?? 0;
  }

  /** How many marks there are at or before `index`. */
  private marksUpTo(index: LogIndex): number {
    let low = 0;
    let high = this.marks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.marks[middle]!.index <= index) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The smallest marked index behind which at most `bytes` follow; 0 when all that is remembered fits. */
  indexBehind(bytes: number): LogIndex {
    const fitting = this.marks.find((mark) => this.total - mark.bytes <= bytes);
    return this.total <= bytes ? 0 : (fitting?.index ?? this.marks.at(-1)?.index ?? 0);
  }

  /** Keeps the last mark at or before `upTo`: without it, all that ever was would lie behind that index. */
  forget(upTo: LogIndex): void {
    const forgotten = this.marksUpTo(upTo) - 1;
    if (forgotten > 0) this.marks.splice(0, forgotten);
  }
}
