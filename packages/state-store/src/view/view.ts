import type { Topic } from '@tribune/protocol';
import type { Delta, TableName } from './delta';
import type { ReadTables } from '../tables/tables';

/**
 * What a front end reads from: tables that never go back, and exact wake-ups. Two implementations: the state machine's
 * own tables (same thread as raft-core) and {@link ReplicaView} (fed by the Feed).
 */
export interface View {
  readonly tables: ReadTables;
  /** Every delta up to and including this revision is in `tables`. */
  readonly revision: number;
  /**
   * Makes sure that rows of these topics are here (a full view: at once, undefined). Partial views subscribe on first
   * use and let go when unused. Rejects when no server can be reached.
   */
  require(topics: readonly Topic[]): Promise<void> | undefined;
  /** Resolves once `revision` is reached; undefined when it is already. */
  atLeast(revision: number): Promise<void> | undefined;
  /** Calls `wake` once, when any of these watch keys changes; the returned function cancels. See {@link WatchKey}. */
  park(keys: readonly WatchKey[], wake: () => void): () => void;
  /**
   * Follows every revision, with its deltas (often none), as it enters the tables. For caches and streams; must not
   * throw. Who needs only some tables says so: when the whole state is replaced, the others are then not compared.
   */
  follow(listener: (revision: number, deltas: readonly Delta[]) => void, tables?: readonly TableName[]): () => void;
}

/**
 * What a query read, exactly: `kv/<key>`, `kv-prefix/<prefix>`, `node/<name>`, `service/<name>`, `connect/<name>`,
 * `session/<id>`, `node-sessions/<node>`, or a whole table: `nodes`, `services`, `checks`, `kv`, `sessions`, `coordinates`, `settings`.
 */
export type WatchKey = string;

/** A query's answer: the rows, the blocking-query index (≥ 1), and what to park on. */
export interface Indexed<T> {
  readonly index: number;
  readonly value: T;
  readonly watch: readonly WatchKey[];
}
