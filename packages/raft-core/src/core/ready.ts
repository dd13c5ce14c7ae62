import type { ReadContext } from './read-index';
import type { Role } from './role';
import type { Entry, HardState, LogIndex, LogPosition, Message, ServerId, SnapshotMeta, Term } from './message';

/**
 * What the shell must do next. `messages` may leave at once. `persist` goes to the disk, one batch at a time, and its
 * `thenSend` leaves only when the batch is durable; meanwhile the core keeps working, so a leader's own write runs beside
 * its followers' (R2). `apply` is committed and goes to the state machine in order.
 */
export interface Ready {
  readonly facts: readonly Fact[];
  readonly messages: readonly Message[];
  readonly persist?: Persist;
  /** After `persist` (which resets the log to it) is durable: load this snapshot into the state machine. */
  readonly restore?: SnapshotMeta;
  readonly apply: readonly Entry[];
  /** Entries that memory no longer holds. Answered with `loaded`. */
  readonly loads: readonly LogLoad[];
  /** Followers that need the newest snapshot. Answered with `snapshotSent`. */
  readonly sendSnapshots: readonly ServerId[];
  /** A snapshot covers the log up to here: give its disk space back. */
  readonly compact?: LogIndex;
}

/** One group commit. Answered with `persisted`. */
export interface Persist {
  readonly hardState?: HardState;
  readonly reset?: LogPosition;
  readonly entries: readonly Entry[];
  readonly thenSend: readonly Message[];
}

export interface LogLoad {
  /** The follower that needs them, or undefined for the state machine. */
  readonly follower: ServerId | undefined;
  readonly from: LogIndex;
  readonly to: LogIndex;
  readonly bytesMax: number;
}

/** What happened, for the shell to log, count and pass on. The core itself neither logs nor counts. */
export type Fact =
  | { readonly kind: 'roleChanged'; readonly role: Role; readonly term: Term }
  | { readonly kind: 'leaderChanged'; readonly leaderId: ServerId | undefined; readonly term: Term }
  /** This server leads and has applied an entry of its own term: it knows everything that was committed before. */
  | { readonly kind: 'leadershipEstablished'; readonly term: Term }
  | { readonly kind: 'steppedDown'; readonly term: Term; readonly reason: string }
  | { readonly kind: 'readsConfirmed'; readonly reads: readonly ReadContext[]; readonly index: LogIndex }
  | { readonly kind: 'readsLost'; readonly reads: readonly ReadContext[] }
  | { readonly kind: 'configurationChanged'; readonly index: LogIndex }
  | { readonly kind: 'configurationCommitted'; readonly index: LogIndex; readonly joint: boolean }
  /** Given up. A transfer that succeeds shows as `steppedDown` and the next `leaderChanged`. */
  | { readonly kind: 'transferEnded'; readonly target: ServerId; readonly reason: string }
  /** A follower no longer holds what it acknowledged: its disk was replaced under the same id (R13). It gets nothing. */
  | { readonly kind: 'followerRegressed'; readonly id: ServerId; readonly matchIndex: LogIndex }
  /** A follower claims to have committed what this leader never had: its log is of another group. It gets nothing. */
  | { readonly kind: 'followerIsForeign'; readonly id: ServerId; readonly commitIndex: LogIndex }
  | { readonly kind: 'diskStalled'; readonly ticks: number }
  | { readonly kind: 'logRecovered'; readonly upTo: LogIndex };
