/**
 * The vocabulary of consensus: what is in the log and what servers say to each other. Plain readonly records; the
 * transport turns them into `raft.v1` and the log store into its own on-disk form.
 */

/** Identity of a server, unique for all time (R13): a wiped disk never returns under its old id. */
export type ServerId = string;
/** Starts at 1; 0 means "before any term". A safe integer. */
export type Term = number;
/** Starts at 1; 0 means "before the first entry". A safe integer. */
export type LogIndex = number;

export type EntryKind = 'command' | 'noop' | 'configuration';

export interface Entry {
  readonly index: LogIndex;
  readonly term: Term;
  readonly kind: EntryKind;
  readonly data: Uint8Array;
}

/** A position in the log together with its term: two logs that agree on one agree on everything before it. */
export interface LogPosition {
  readonly index: LogIndex;
  readonly term: Term;
}

/** What must be durable before any message that rests on it leaves (R1). */
export interface HardState {
  readonly term: Term;
  readonly votedFor: ServerId | undefined;
}

interface Envelope {
  readonly from: ServerId;
  readonly to: ServerId;
  readonly term: Term;
}

/** `preVote` asks "would you?" in `term` without anybody entering it (R4). `transfer` overrides stickiness (R6). */
export interface VoteRequest extends Envelope {
  readonly type: 'voteRequest';
  readonly preVote: boolean;
  readonly transfer: boolean;
  readonly last: LogPosition;
}

/** A granted pre-vote carries the term that was asked about, a rejection the voter's own. */
export interface VoteResponse extends Envelope {
  readonly type: 'voteResponse';
  readonly preVote: boolean;
  readonly granted: boolean;
}

export interface Append extends Envelope {
  readonly type: 'append';
  readonly previous: LogPosition;
  readonly entries: readonly Entry[];
  readonly commitIndex: LogIndex;
}

/** The follower's log equals the leader's up to `matchIndex`, durably. */
export interface AppendAccepted extends Envelope {
  readonly type: 'appendAccepted';
  readonly matchIndex: LogIndex;
}

/** `rejected` repeats `previous.index`; `hint` is the last place where the logs may still agree (R15). */
export interface AppendRejected extends Envelope {
  readonly type: 'appendRejected';
  readonly rejected: LogIndex;
  readonly hint: LogPosition;
  /** The follower lost entries it once acknowledged, knows it, and votes for nobody until it has them again (S3). */
  readonly recovering: boolean;
}

/** `commitIndex` never exceeds what the receiver is known to hold; `readToken` 0 when no read waits. */
export interface Heartbeat extends Envelope {
  readonly type: 'heartbeat';
  readonly commitIndex: LogIndex;
  readonly readToken: number;
}

export interface HeartbeatResponse extends Envelope {
  readonly type: 'heartbeatResponse';
  readonly readToken: number;
}

/** Stands for a snapshot file that the shell has received, checked and synced; the bytes travel on their own stream. */
export interface InstallSnapshot extends Envelope {
  readonly type: 'installSnapshot';
  readonly snapshot: SnapshotMeta;
}

/** Stand for election now: the leader hands over. */
export interface TimeoutNow extends Envelope {
  readonly type: 'timeoutNow';
}

export type Message =
  | VoteRequest
  | VoteResponse
  | Append
  | AppendAccepted
  | AppendRejected
  | Heartbeat
  | HeartbeatResponse
  | InstallSnapshot
  | TimeoutNow;

/** One server as the configuration entry records it. The address is data and may change; the id is the identity. */
export interface Server {
  readonly id: ServerId;
  readonly address: string;
}

/**
 * Who takes part. `outgoing` is empty except in a joint configuration, where every decision needs a majority of
 * `voters` AND a majority of `outgoing` (thesis §4.3). Learners receive the log and count for nothing.
 */
export interface Configuration {
  readonly voters: readonly Server[];
  readonly outgoing: readonly Server[];
  readonly learners: readonly Server[];
}

/** What a snapshot replaces: the log up to `index`, and the configuration that was committed there (R10). */
export interface SnapshotMeta extends LogPosition {
  readonly configuration: Configuration;
}
