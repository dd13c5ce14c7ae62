import type { Timed } from './search';

/** What a client asked of Consul's KV store. Every written value is used once: it names the write that made it. */
export type KvAction =
  | { readonly kind: 'get' }
  | { readonly kind: 'put'; readonly value: string }
  /** Index 0: only if there is none. */
  | { readonly kind: 'cas'; readonly index: number; readonly value: string }
  | { readonly kind: 'delete' }
  | { readonly kind: 'delete-cas'; readonly index: number }
  | { readonly kind: 'acquire' | 'release'; readonly session: string; readonly value: string }
  /** The session ends, and the key goes with it (behavior `delete`); with a lock delay nobody may lock it for a while. */
  | { readonly kind: 'invalidate'; readonly session: string; readonly delays?: boolean };

/** What the servers do by themselves. */
export interface KvEffect {
  /** The lock delay that the end of `session` began is over. */
  readonly kind: 'delay-ends';
  readonly session: string;
}

/** A row as a read shows it; `session` is '' while nobody holds it. */
export interface KvRow {
  readonly value: string;
  readonly modifyIndex: number;
  readonly lockIndex: number;
  readonly session: string;
}

/** A read's answer is a row or that there is none; a write's is whether it was done. */
export type KvAnswer = { readonly row: KvRow | undefined } | { readonly done: boolean };

export interface KvOperation extends Timed {
  readonly key: string;
  readonly action: KvAction | KvEffect;
  /** Undefined while the outcome is unknown (`returnedAt` is Infinity then). */
  readonly answer?: KvAnswer;
  readonly client?: number;
}
