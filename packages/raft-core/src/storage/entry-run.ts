/**
 * Entries that became durable together lie side by side: one value of LevelDB is a run of records, one after another.
 * A value of its own for each entry (a place in the table in memory, a deletion later, a share of each compaction)
 * cost LevelDB more than the entry itself (docs/performance.md). Logs of the first version have one record per value,
 * which reads as a run of one.
 */
import type { Entry, LogIndex } from '../core/message';
import { type Link, type LinkedEntry, missing, readRecord, recordBytes, recordEnd, writeRecord } from './log-record';

/** Longer ones spare nothing; what is read, and what is written again when a suffix is cut off, grows with them. */
const RUN_BYTES_MAX = 64 * 1024;

export interface Run {
  /** Index of its first entry. */
  readonly first: LogIndex;
  readonly bytes: Buffer;
}

/** Puts contiguous entries together. `put` is given memory that the next run overwrites. */
export class RunWriter {
  /** Where runs are put together: memory of its own for each, and a view of it for each entry, cost more than the rest. */
  private readonly desk = Buffer.allocUnsafeSlow(RUN_BYTES_MAX);

  write(entries: readonly Entry[], previous: Link, put: (run: Run) => void): Link {
    let link = previous;
    for (let next = 0; next < entries.length;) {
      const first = next;
      const bytes = this.memoryFor(entries[first]!);
      let end = 0;
      for (let entry = entries[next]; entry && fits(entry, bytes, end); entry = entries[++next]) {
        link = writeRecord(entry, link, bytes, end);
        end += recordBytes(entry.data.byteLength);
      }
      put({ first: entries[first]!.index, bytes: bytes.subarray(0, end) });
    }
    return link;
  }

  /** An entry beyond the desk is rare, is alone in its run, and has memory of its own. */
  private memoryFor({ data }: Entry): Buffer {
    const length = recordBytes(data.byteLength);
    return length > RUN_BYTES_MAX ? Buffer.allocUnsafeSlow(length) : this.desk;
  }
}

const fits = ({ data }: Entry, bytes: Buffer, at: number): boolean =>
  at + recordBytes(data.byteLength) <= bytes.byteLength;

/**
 * The entries of a run from `from` on, each checked by itself and against the one before it; none when the run ends
 * before. `previous`: what the one at `from` was written after, when that is known.
 */
export function* entriesOf(run: Run, from: LogIndex, previous?: Link): Generator<LinkedEntry> {
  const { first, bytes } = run;
  if (from < first) throw missing(from);
  let at = offsetOf(run, from);
  for (let index = from, link = previous; at < bytes.byteLength; index++) {
    const record = readRecord(bytes, at, { index, previous: link });
    yield record;
    link = record.link;
    at = recordEnd(bytes, at, index);
  }
}

/** What is left of a run when all after `last` is cut off. */
export function runUpTo(run: Run, last: LogIndex): Run {
  return { first: run.first, bytes: run.bytes.subarray(0, offsetOf(run, last + 1)) };
}

/** Goes by lengths alone: a wrong one leads to a record that does not check. */
function offsetOf({ first, bytes }: Run, index: LogIndex): number {
  let at = 0;
  for (let passed = first; passed < index && at < bytes.byteLength; passed++) at = recordEnd(bytes, at, passed);
  return at;
}
