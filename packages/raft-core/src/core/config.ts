import type { Configuration, HardState, LogIndex, LogPosition, ServerId, SnapshotMeta, Term } from './message';

/** What the core needs to know about its world. Time is counted in ticks, sizes in bytes. */
export interface RaftConfig {
  readonly id: ServerId;
  /** Shortest election timeout; each wait is random in [1, 2) times this. */
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  /** One append message carries at most this much, and at least one entry. */
  readonly appendBytesMax: number;
  readonly inflightAppendsMax: number;
  /** Proposed but not applied; over it proposals are refused (R17). */
  readonly uncommittedBytesMax: number;
  /** One batch for the disk. Bounds how long encoding it holds the event loop. */
  readonly persistBytesMax: number;
  /** One batch for the state machine. */
  readonly applyEntriesMax: number;
  readonly applyBytesMax: number;
  /** Durable and applied entries kept in memory for followers. */
  readonly cacheBytesMax: number;
  /** A learner that lacks more entries than this is not promoted (R12). */
  readonly promotionLagMax: number;
  /** A leader whose write takes longer hands over (R21). */
  readonly diskStallTicks: number;
  /** How long a quorum's answer lets the leader read without asking again (R8). 0 or absent: it always asks. */
  readonly leaseMs?: number;
}

/** Where each term begins, ascending by index: gives the term of every entry without holding the entries. */
export interface TermStart {
  readonly term: Term;
  readonly index: LogIndex;
}

/** Everything that survived a restart. */
export interface PersistentState {
  readonly hardState: HardState;
  readonly base: LogPosition;
  readonly lastIndex: LogIndex;
  readonly termStarts: readonly TermStart[];
  readonly configurations: readonly { readonly index: LogIndex; readonly configuration: Configuration }[];
  /** The newest snapshot; the state machine already stands there. */
  readonly snapshot?: SnapshotMeta;
  /** See `RestoredLog.distrustedUpTo`. */
  readonly distrustedUpTo?: LogIndex;
}

export const emptyState: PersistentState = {
  hardState: { term: 0, votedFor: undefined },
  base: { index: 0, term: 0 },
  lastIndex: 0,
  termStarts: [],
  configurations: [],
};
