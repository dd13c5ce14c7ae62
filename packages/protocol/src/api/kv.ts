import type { KvEntry } from '../model/kv';
import type { ReadOptions, Revisioned, Watch, WatchEvent, WatchOptions } from './catalog';

/** Bytes of one value, as in Consul. */
export const KV_VALUE_BYTES_MAX = 512 * 1024;
/** Operations of one transaction, as in Consul. */
export const KV_TXN_OPERATIONS_MAX = 64;

export interface KvPut {
  readonly key: string;
  readonly value: Uint8Array;
  /** @default 0n */
  readonly flags?: bigint;
  /** Nothing is written when it does not hold. */
  readonly condition?: KvPutCondition;
}

export type KvPutCondition =
  /** The entry's modifyIndex is this; 0: it does not exist. */
  | { readonly kind: 'cas'; readonly modifyIndex: number }
  /** The session takes the lock, or has it already. */
  | { readonly kind: 'acquire'; readonly session: string }
  | { readonly kind: 'release'; readonly session: string };

export interface KvDelete {
  readonly key: string;
  /** Every key that starts with `key`. */
  readonly prefix?: boolean;
  /** Only when the entry's modifyIndex is this. */
  readonly cas?: number;
}

export interface KvList extends ReadOptions {
  readonly prefix: string;
}

export type KvTxnOp =
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
  | {
      readonly verb: 'get' | 'get-or-empty' | 'get-tree' | 'check-not-exists' | 'delete' | 'delete-tree';
      readonly key: string;
    }
  | { readonly verb: 'check-index' | 'delete-cas'; readonly key: string; readonly index: number }
  | { readonly verb: 'check-session'; readonly key: string; readonly session: string };

export interface KvTxnError {
  /** Position in the request. */
  readonly opIndex: number;
  readonly what: string;
}

export type KvTxnOutcome =
  /** Reads give their entries, writes their entries without the value, deletions nothing. */
  | { readonly committed: true; readonly revision: number; readonly results: readonly KvEntry[] }
  | { readonly committed: false; readonly revision: number; readonly errors: readonly KvTxnError[] };

export type KvWatchEvent = WatchEvent<KvEntry, string>;

/** `kv.v1`: configuration and locks for applications. In-process object or {@link connectKv}. */
export interface KvApi {
  /** `value` is undefined when the key does not exist. */
  get(key: string, options?: ReadOptions): Promise<Revisioned<KvEntry | undefined>>;
  put(request: KvPut): Promise<{ readonly revision: number; readonly written: boolean }>;
  delete(request: KvDelete): Promise<{ readonly revision: number; readonly deleted: boolean }>;
  /** Everything under a prefix, in byte order of the keys. */
  list(request: KvList): Promise<Revisioned<readonly KvEntry[]>>;
  /** Keys only; `separator` cuts each after its next occurrence behind the prefix. */
  listKeys(request: KvList & { readonly separator?: string }): Promise<Revisioned<readonly string[]>>;
  /** All operations or none. */
  txn(operations: readonly KvTxnOp[]): Promise<KvTxnOutcome>;
  watch(prefix: string, options: WatchOptions, signal: AbortSignal): Watch<KvWatchEvent>;
}
