import type { Configuration, Entry, HardState, LogIndex, LogPosition, Term } from '../core/message';

/** One group commit: everything in it becomes durable together or not at all (S1). */
export interface LogBatch {
  readonly hardState?: HardState;
  /** Contiguous. Appending at an index discards whatever the store held at and after it. */
  readonly entries: readonly Entry[];
  /** A snapshot took the place of the whole log: forget all entries; the next one follows this position. */
  readonly reset?: LogPosition;
  /** With `reset`, when entries that were acknowledged are lost: see {@link RestoredLog.distrustedUpTo}. */
  readonly distrustedUpTo?: LogIndex;
}

/** What a log store found when it was opened: all that the core needs, without the entries themselves. */
export interface RestoredLog {
  readonly hardState: HardState;
  /** The entry before the first one kept; {0, 0} for a log that was never compacted. */
  readonly base: LogPosition;
  readonly lastIndex: LogIndex;
  /** Where each term begins, ascending: with `base` it gives the term of every entry. */
  readonly termStarts: readonly { readonly term: Term; readonly index: LogIndex }[];
  readonly configurations: readonly { readonly index: LogIndex; readonly configuration: Configuration }[];
  /**
   * Set when entries that were once durable are missing or damaged (S3): the log ends before the damage, and this is
   * the last index that must come back from a leader before the server may vote again.
   */
  readonly distrustedUpTo?: LogIndex;
  /** Entries were dropped from the end as their batch had never become durable; for the log line. */
  readonly hasTornTail: boolean;
  /** What broke the log where `distrustedUpTo` begins; for the log line. */
  readonly damage?: unknown;
}

/**
 * A durable log. Any rejection from `append` means that the disk can no longer be trusted: the store refuses all
 * later work with the same error (S4) and its owner stops the process.
 */
export interface LogStore {
  /** Reads and checks everything; must be awaited before any other call. */
  open(): Promise<RestoredLog>;
  /** Resolves when the batch is durable. Calls do not overlap. */
  append(batch: LogBatch): Promise<void>;
  /** Checked entries from `from` to at most `to`, cut at `bytesMax` but at least one; none when `from` was compacted. */
  read(from: LogIndex, to: LogIndex, bytesMax: number): Promise<readonly Entry[]>;
  /** Forgets the entries up to `index`, which a durable snapshot covers, and gives their disk space back. */
  compact(index: LogIndex): Promise<void>;
  /** Bytes that the disk has left, for the free-space guard (S5). */
  freeBytes(): Promise<number>;
  close(): Promise<void>;
}
