/**
 * `state.v1`: the truth, as raft-core serves it and every front end uses it. Two bindings stand behind this interface:
 * raft-core's own object (same process) and {@link connectState} (gRPC, port 8300).
 */

/** What became of a proposed command. `unknown` means it may or may not be applied: never retried by the transport. */
export type ProposeResult =
  | { readonly kind: 'applied'; readonly revision: number; readonly outcome: Uint8Array }
  | { readonly kind: 'noLeader' }
  /** The queue is full, the disk is short, or the body is larger than the log takes: certainly not applied. */
  | { readonly kind: 'refused'; readonly reason: string; readonly retryable: boolean }
  | { readonly kind: 'unknown'; readonly reason: string };

/** `confirmed`: every write acknowledged before the call has a revision at or below this one. */
export type FenceResult = { readonly kind: 'confirmed'; readonly revision: number } | { readonly kind: 'noLeader' };

export type Topic =
  | { readonly kind: 'all' }
  | { readonly kind: 'catalog' }
  | { readonly kind: 'node'; readonly node: string }
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'kvPrefix'; readonly prefix: string }
  | { readonly kind: 'sessions' };

/** Client → server on the Feed stream. Subscription ids are chosen by the client, unique on the stream. */
export type FeedRequest =
  /**
   * `fromRevision` is what the subscriber knows already, 0 for nothing. `all` continues with the deltas after it while the
   * server has them; everybody else gets a snapshot, not older than it.
   */
  | { readonly kind: 'subscribe'; readonly id: number; readonly topic: Topic; readonly fromRevision: number }
  | { readonly kind: 'unsubscribe'; readonly id: number }
  /**
   * Send `progress` as soon as `revision` is reached. A stream that subscribes to `all` hears of every batch anyway;
   * others hear of progress with their own deltas, on request, and every few seconds.
   */
  | { readonly kind: 'await'; readonly revision: number };

/**
 * Server → client. All subscriptions of a stream see one order of revisions. `rows` is a list of deltas in
 * state-store's encoding (`encodeDeltas`), first byte the version.
 */
export type FeedEvent =
  /** Drop what this subscription held: a snapshot follows, in one or more chunks, the last with `last: true`. */
  | {
      readonly kind: 'snapshot';
      readonly id: number;
      readonly revision: number;
      readonly rows: Uint8Array;
      readonly first: boolean;
      readonly last: boolean;
    }
  | { readonly kind: 'deltas'; readonly id: number; readonly revision: number; readonly rows: Uint8Array }
  /** Everything up to `revision` has been sent, on every subscription of the stream whose snapshot is complete. */
  | { readonly kind: 'progress'; readonly revision: number };

export interface FeedStream extends AsyncIterable<FeedEvent> {
  send(request: FeedRequest): void;
  close(): void;
}

export interface LeaderStatus {
  /** `address:port` of the leader's server RPC, '' when unknown. */
  readonly leaderAddress: string;
  readonly leaderId: string;
  readonly isLeader: boolean;
  readonly term: number;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  /** Milliseconds since this server last heard from the leader; 0 on the leader; Infinity when it never did. */
  readonly lastContactMs: number;
  /** `address:port` of the voters. */
  readonly peers: readonly string[];
}

export interface RaftServerInfo {
  readonly id: string;
  readonly node: string;
  readonly address: string;
  readonly leader: boolean;
  readonly voter: boolean;
  readonly protocolVersion: string;
  /** As the leader sees it; undefined when no leader answered. */
  readonly health?: RaftServerHealth;
}

export interface RaftServerHealth {
  readonly healthy: boolean;
  /** Milliseconds since it last answered the leader. */
  readonly lastContactMs: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
  /** Milliseconds since the Unix epoch: when it last became healthy, or ceased to be. */
  readonly stableSinceMs: number;
}

export interface RaftConfigurationInfo {
  readonly servers: readonly RaftServerInfo[];
  readonly index: number;
}

/** Outcome of an operator's request; `reason` is the sentence to show. */
export type OperatorResult =
  { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly notFound?: boolean };

export interface StateApi {
  /** Puts one encoded command (`encodeCommand`) on the log. Follows the leader. */
  propose(command: Uint8Array): Promise<ProposeResult>;
  /** A linearizable read index (R7). Synchronous where no message is needed (a single server that leads). */
  readFence(): FenceResult | Promise<FenceResult>;
  /** Opens the feed. It ends (iterator returns) when `signal` aborts and throws when the server goes away. */
  feed(signal: AbortSignal): FeedStream;
  status(): LeaderStatus | Promise<LeaderStatus>;
  raftConfiguration(): Promise<RaftConfigurationInfo>;
  removePeer(peer: { readonly id?: string; readonly address?: string }): Promise<OperatorResult>;
  transferLeadership(id?: string): Promise<OperatorResult>;
  /** A session's owner is alive: the leader starts its TTL anew. Not replicated. */
  renewSession(id: string): Promise<'renewed' | 'unknown' | 'noLeader'>;
  /** Key/value pairs for `/v1/agent/self` Stats and `tribune info`, in groups (`raft`, `consul`). */
  stats(): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>>;
}
