import type { HealthCheck, Node, ServiceInstance, Session } from '@tribune/protocol';

/**
 * What can be put on the log. A command is everything `apply` may look at: no clock, no randomness, no configuration.
 * Identifiers (session ids) are made by the proposer; expiry (TTL, lock delay, tombstones) is proposed by the leader's duties.
 */
export type Command = TableCommand | RestoreCommand | AuditCommand;

/** Commands that write rows. */
export type TableCommand =
  | RegisterCommand
  | DeregisterCommand
  | KvCommand
  | TxnCommand
  | SessionCreateCommand
  | SessionDestroyCommand
  | LockDelayExpireCommand
  | TombstoneReapCommand
  | CoordinateUpdateCommand
  | SettingCommand;

export type Unindexed<T> = Omit<T, 'createIndex' | 'modifyIndex'>;

/** `PUT /v1/catalog/register`. A service or check is written together with its node, in one revision. */
export interface RegisterCommand {
  readonly type: 'register';
  readonly node: Unindexed<Node>;
  /** Leaves an existing node's row as it is (Consul's SkipNodeUpdate). */
  readonly skipNodeUpdate: boolean;
  readonly service?: Omit<Unindexed<ServiceInstance>, 'node'>;
  readonly checks: readonly Unindexed<HealthCheck>[];
}

/** A check, a service with its checks, or the node with everything on it. Missing things are no error. */
export interface DeregisterCommand {
  readonly type: 'deregister';
  readonly node: string;
  readonly serviceId?: string;
  readonly checkId?: string;
}

/** Conditional KV operations answer `ok: false` when the condition does not hold. */
export type KvOperation =
  | { readonly verb: 'set'; readonly key: string; readonly value: Uint8Array; readonly flags: bigint }
  | {
      readonly verb: 'cas';
      readonly key: string;
      readonly value: Uint8Array;
      readonly flags: bigint;
      readonly index: number;
    }
  | {
      readonly verb: 'lock' | 'unlock';
      readonly key: string;
      readonly value: Uint8Array;
      readonly flags: bigint;
      readonly session: string;
    }
  | { readonly verb: 'delete'; readonly key: string }
  | { readonly verb: 'delete-cas'; readonly key: string; readonly index: number }
  | { readonly verb: 'delete-tree'; readonly key: string };

export interface KvCommand {
  readonly type: 'kv';
  readonly operation: KvOperation;
}

/** All operations in order, or none. Reads answer in place. */
export interface TxnCommand {
  readonly type: 'txn';
  readonly operations: readonly TxnOperation[];
}

export type TxnOperation =
  | { readonly kind: 'kv'; readonly operation: KvOperation | KvTxnRead }
  | { readonly kind: 'node'; readonly verb: CatalogVerb; readonly node: Unindexed<Node>; readonly index: number }
  | {
      readonly kind: 'service';
      readonly verb: CatalogVerb;
      readonly node: string;
      readonly service: Unindexed<ServiceInstance>;
      readonly index: number;
    }
  | {
      readonly kind: 'check';
      readonly verb: CatalogVerb;
      readonly check: Unindexed<HealthCheck>;
      readonly index: number;
    }
  | { readonly kind: 'session'; readonly verb: 'delete'; readonly id: string };

export type CatalogVerb = 'get' | 'set' | 'cas' | 'delete' | 'delete-cas';

export type KvTxnRead =
  | { readonly verb: 'get' | 'get-or-empty' | 'get-tree' | 'check-not-exists'; readonly key: string }
  | { readonly verb: 'check-index'; readonly key: string; readonly index: number }
  | { readonly verb: 'check-session'; readonly key: string; readonly session: string };

export interface SessionCreateCommand {
  readonly type: 'session-create';
  readonly session: Unindexed<Session>;
}

/** Ends a session: held keys are released or deleted, and their lock delay begins. */
export interface SessionDestroyCommand {
  readonly type: 'session-destroy';
  readonly id: string;
}

/**
 * The lock delay of these keys has passed on the leader's monotonic clock. Lock delays are rows, so they survive a
 * change of leader (the new one starts them anew: longer, never shorter).
 */
export interface LockDelayExpireCommand {
  readonly type: 'lock-delay-expire';
  readonly keys: readonly { readonly key: string; readonly createIndex: number }[];
}

/** Drops KV tombstones up to and including this revision. */
export interface TombstoneReapCommand {
  readonly type: 'tombstone-reap';
  readonly throughIndex: number;
}

export interface CoordinateUpdateCommand {
  readonly type: 'coordinate-update';
  readonly updates: readonly {
    readonly node: string;
    readonly segment: string;
    readonly vec: readonly number[];
    readonly error: number;
    readonly adjustment: number;
    readonly height: number;
  }[];
}

/** A cluster-wide setting under a name (`autopilot`), with compare-and-set. Value is JSON text. */
export interface SettingCommand {
  readonly type: 'setting';
  readonly name: string;
  readonly value: string;
  /** Only when the row's modifyIndex is this. */
  readonly cas?: number;
}

/**
 * Replaces the whole state, in steps: begin, the rows in chunks (as a snapshot has them) in the order of their
 * sequence numbers from 0 (one may come again), and a commit that says how many there were. Nothing is visible before the commit. A step
 * that does not fit ends the restore; beginning another one does too. Ids are made by who restores.
 */
export type RestoreCommand =
  | { readonly type: 'restore-begin'; readonly id: string }
  | {
      readonly type: 'restore-chunk';
      readonly id: string;
      readonly sequence: number;
      readonly rows: Uint8Array;
      /** CRC-32 of the rows as they were in the checked file: for the server that is asked to put them on the log. */
      readonly checksum?: number;
    }
  | { readonly type: 'restore-commit'; readonly id: string; readonly chunks: number }
  | { readonly type: 'restore-abort'; readonly id: string };

/** Changes nothing. Asks every server to hash its tables as they are at this command's index, and to report what it found. */
export interface AuditCommand {
  readonly type: 'audit';
  /** On logs of earlier builds: what the leader had found at an earlier index. */
  readonly previous?: StateHashes;
  /** Asks for nothing: what one server found at the index of an earlier one. */
  readonly report?: StateReport;
}

export interface StateReport extends StateHashes {
  /** The id of the server that found it. */
  readonly server: string;
  /** Hashes of another format say nothing: see `HASH_FORMAT`. */
  readonly format: number;
}

export interface StateHashes {
  readonly index: number;
  /** Table → hash. */
  readonly tables: Readonly<Record<string, string>>;
}
