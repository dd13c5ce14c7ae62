import type { HealthCheck, KvEntry, Node, ServiceInstance } from '@tribune/protocol';

/** What `apply` answers to the proposer. `error` carries Consul's own sentence (HTTP 500 unless noted). */
export type Outcome =
  /** `ok` is the `true`/`false` of KV writes; always true for registrations and the like. */
  | { readonly kind: 'done'; readonly ok: boolean }
  | { readonly kind: 'session'; readonly id: string }
  | { readonly kind: 'txn'; readonly results: readonly TxnResult[]; readonly errors: readonly TxnError[] }
  | { readonly kind: 'error'; readonly message: string };

export type TxnResult =
  /** `value` is dropped from results of writes, as Consul does. */
  | { readonly kind: 'kv'; readonly entry: KvEntry; readonly withValue: boolean }
  | { readonly kind: 'node'; readonly node: Node }
  | { readonly kind: 'service'; readonly service: ServiceInstance }
  | { readonly kind: 'check'; readonly check: HealthCheck };

export interface TxnError {
  readonly opIndex: number;
  readonly what: string;
}
