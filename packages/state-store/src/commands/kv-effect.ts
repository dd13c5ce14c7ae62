import type { KvEntry } from '@tribune/protocol';

/** What a KV operation did. `entry` is the row afterwards, for transactions; undefined after a deletion. */
export type KvEffect =
  | { readonly kind: 'done'; readonly entry?: KvEntry }
  /** The condition did not hold. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'error'; readonly message: string };
