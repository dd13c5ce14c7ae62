import type { Member } from '../model/member';

export type Pool = 'lan' | 'wan';

export interface UserEvent {
  /** UUID text made by the agent that fired it. */
  readonly id: string;
  readonly name: string;
  readonly payload: Uint8Array;
  readonly nodeFilter: string;
  readonly serviceFilter: string;
  readonly tagFilter: string;
  readonly version: number;
  /** Lamport time; 0 in the reply to `fire`. */
  readonly ltime: number;
}

export type MembershipEvent =
  | { readonly kind: 'snapshot'; readonly pool: Pool; readonly members: readonly Member[] }
  | { readonly kind: 'join' | 'leave' | 'failed' | 'update' | 'reap'; readonly pool: Pool; readonly member: Member }
  | { readonly kind: 'userEvent'; readonly event: UserEvent };

export interface Coordinate {
  readonly vec: readonly number[];
  readonly error: number;
  readonly adjustment: number;
  readonly height: number;
}

export interface MemberQuery {
  /** Not with `_serf_` in front: those are gossip's own. */
  readonly name: string;
  readonly payload: Uint8Array;
  /** Only these members are asked; empty: all. */
  readonly nodes: readonly string[];
  /** Only members are asked whose tags match: tag name → regular expression. */
  readonly tags: Readonly<Record<string, string>>;
  /** Copies of each answer that come through other members, 0 to 5. */
  readonly relayFactor: number;
  /** ms; 0: in proportion to the size of the pool. */
  readonly timeoutMs: number;
}

export type MemberQueryOutcome =
  | { readonly ok: true; readonly acks: readonly string[]; readonly responses: ReadonlyMap<string, Uint8Array> }
  | { readonly ok: false; readonly reason: string };

/** A query that this member is asked, by another one or by its own users. */
export interface ReceivedQuery {
  /** For `answerQuery`. */
  readonly id: string;
  readonly pool: Pool;
  readonly name: string;
  readonly payload: Uint8Array;
  /** The member that asks. */
  readonly from: string;
  /** Lamport time. */
  readonly ltime: number;
  /** ms in which an answer still counts, from now on. */
  readonly timeoutMs: number;
}

/** `listening` once, first: every query that comes from then on is shown. */
export type QueryEvent = { readonly kind: 'listening' } | { readonly kind: 'query'; readonly query: ReceivedQuery };

export type AnswerOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export interface KeyringResponse {
  readonly pool: Pool;
  readonly messages: Readonly<Record<string, string>>;
  /** base64 key → number of nodes that have it. */
  readonly keys: Readonly<Record<string, number>>;
  readonly primaryKeys: Readonly<Record<string, number>>;
  readonly numNodes: number;
  /** Why the operation did not succeed everywhere, in Consul's words; absent when it did. */
  readonly error?: string;
}

/** `membership.v1`: gossip, as every other piece sees it. In-process object or {@link connectMembership}. */
export interface MembershipApi {
  members(pool: Pool): Promise<readonly Member[]>;
  localMember(): Promise<Member>;
  /** A snapshot per pool first, then changes, in order. Ends when `signal` aborts; throws when the service goes away. */
  watch(signal: AbortSignal): AsyncIterable<MembershipEvent>;
  /** Joins `host:port` (port optional) addresses; resolves with how many answered and why the others did not. */
  join(
    pool: Pool,
    addresses: readonly string[],
  ): Promise<{ readonly joined: number; readonly errors: readonly string[] }>;
  /** Leaves all pools gracefully: broadcasts the intent and waits until it has spread. */
  leave(): Promise<void>;
  /** Moves a failed member to `left` (`prune`: erases it). `unknown` when no such member exists. */
  forceLeave(pool: Pool, name: string, prune: boolean): Promise<'done' | 'unknown'>;
  fireEvent(
    event: Omit<UserEvent, 'id' | 'ltime' | 'version'>,
  ): Promise<{ readonly ok: true; readonly event: UserEvent } | { readonly ok: false; readonly reason: string }>;
  /** The up to 256 newest user events this agent knows, oldest first. */
  events(): Promise<readonly UserEvent[]>;
  setTags(tags: Readonly<Record<string, string>>): Promise<void>;
  coordinate(pool: Pool, node: string): Promise<Coordinate | undefined>;
  /** Asks the members of a pool (a serf query). Resolves when everybody has answered, or when the time is over. */
  query(pool: Pool, query: MemberQuery): Promise<MemberQueryOutcome>;
  /**
   * Queries meant for this member, of these names only (none given: all). They are acknowledged without anybody's doing;
   * whoever listens may answer. Ends when `signal` aborts; throws when the service goes away.
   */
  queries(names: readonly string[], signal: AbortSignal): AsyncIterable<QueryEvent>;
  /** Answers a received query, once; refused when it is over, answered already, or the answer is too long. */
  answerQuery(id: string, payload: Uint8Array): Promise<AnswerOutcome>;
  /** `relayFactor` (0 to 5, default 0): each answer also comes through so many other members, against packet loss. */
  keyring(
    operation: 'list' | 'install' | 'use' | 'remove',
    key: string,
    relayFactor?: number,
  ): Promise<readonly KeyringResponse[]>;
  stats(): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>>;
}
