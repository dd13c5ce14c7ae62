import type { LogIndex, ServerId, Term } from '../core/message';
import type { Role } from '../core/role';

/** What became of a proposed command. */
export type ProposeOutcome =
  /** Durable on a majority and applied here; `result` is what `StateMachine.apply` returned. */
  | { readonly kind: 'applied'; readonly index: LogIndex; readonly result: unknown }
  /** Certainly not in the log, or cut off from it for good: safe to send to the leader. */
  | { readonly kind: 'notLeader'; readonly leaderId?: ServerId }
  /** Certainly not in the log, for a reason of this server's: full queue, short disk, body too large, transfer. */
  | { readonly kind: 'refused'; readonly reason: string; readonly retryable: boolean }
  /** It was in the log when leadership or the disk was lost: it may or may not be applied later (S8). */
  | { readonly kind: 'unknown'; readonly reason: string };

/** `confirmed`: every write acknowledged anywhere before the call has an index at or below this one. */
export type ReadIndexOutcome =
  | { readonly kind: 'confirmed'; readonly index: LogIndex }
  | { readonly kind: 'notLeader'; readonly leaderId?: ServerId };

export type MembershipOutcome =
  /** The new configuration is committed, joint phase included. */
  | { readonly kind: 'changed'; readonly index: LogIndex }
  | { readonly kind: 'notLeader'; readonly leaderId?: ServerId }
  | { readonly kind: 'refused'; readonly reason: string; readonly retryable: boolean }
  | { readonly kind: 'unknown'; readonly reason: string };

export type TransferOutcome =
  | { readonly kind: 'transferred'; readonly leaderId: ServerId }
  | { readonly kind: 'notLeader'; readonly leaderId?: ServerId }
  | { readonly kind: 'refused'; readonly reason: string };

export interface PeerStatus {
  readonly id: ServerId;
  readonly address: string;
  readonly suffrage: 'voter' | 'learner';
  /** Only on the leader: what the peer durably holds, and milliseconds since it last answered (0 for itself). */
  readonly matchIndex?: LogIndex;
  readonly lastContactMs?: number;
}

export interface NodeStatus {
  readonly id: ServerId;
  readonly role: Role;
  readonly term: Term;
  readonly leaderId?: ServerId;
  readonly leaderAddress?: string;
  readonly commitIndex: LogIndex;
  readonly appliedIndex: LogIndex;
  readonly firstIndex: LogIndex;
  readonly lastIndex: LogIndex;
  readonly lastTerm: Term;
  readonly snapshotIndex: LogIndex;
  readonly snapshotTerm: Term;
  /** False until `bootstrap` or a leader's first configuration: such a server never campaigns. */
  readonly hasConfiguration: boolean;
  /** The index of the latest configuration, and whether it is committed. */
  readonly configurationIndex: LogIndex;
  readonly configurationCommitted: boolean;
  readonly peers: readonly PeerStatus[];
  /** Milliseconds since the leader was heard; 0 on the leader; Infinity when never. */
  readonly lastContactMs: number;
  /** The log has a hole that must be refilled by a leader before this server votes again. */
  readonly recovering: boolean;
  /** Set by the poison latch: the node does nothing more and its process should exit. */
  readonly failure?: Error;
}

/** What an observer is told, in order. */
export type NodeEvent =
  | { readonly kind: 'roleChanged'; readonly role: Role; readonly term: Term }
  | { readonly kind: 'leaderChanged'; readonly leaderId?: ServerId; readonly term: Term }
  /** This server leads, its no-op is committed and applied: leader duties may begin. */
  | { readonly kind: 'leadershipEstablished'; readonly term: Term }
  | { readonly kind: 'leadershipLost'; readonly term: Term; readonly reason: string }
  | { readonly kind: 'configurationChanged'; readonly index: LogIndex }
  | { readonly kind: 'snapshotTaken' | 'snapshotInstalled'; readonly index: LogIndex }
  /** The poison latch closed. The process must exit; nothing was acknowledged that is not durable. */
  | { readonly kind: 'failed'; readonly error: Error };
