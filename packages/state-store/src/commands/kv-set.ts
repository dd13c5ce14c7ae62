import type { KvEntry } from '@tribune/protocol';
import type { Transaction } from '../transaction/transaction';
import type { KvEffect } from './kv-effect';

export interface KvWrite {
  readonly key: string;
  readonly value: Uint8Array;
  readonly flags: bigint;
}

/** A plain write leaves the holder but, as in Consul, starts the lock's count anew. */
export function setEntry(txn: Transaction, write: KvWrite): KvEntry {
  const existing = txn.read.kv.get(write.key);
  return storeEntry(txn, existing, write, { session: existing?.session ?? '', lockIndex: 0 });
}

/** Index 0 means "only when the key is missing". */
export function setIfUnchanged(txn: Transaction, write: KvWrite, index: number): KvEffect {
  const existing = txn.read.kv.get(write.key);
  if ((existing?.modifyIndex ?? 0) !== index) return { kind: 'refused' };
  return { kind: 'done', entry: setEntry(txn, write) };
}

/** Writes the entry unless it is already just that: an equal write moves no index and wakes nobody. */
export function storeEntry(
  txn: Transaction,
  existing: KvEntry | undefined,
  write: KvWrite,
  { session, lockIndex }: { readonly session: string; readonly lockIndex: number },
): KvEntry {
  const { value, flags } = write;
  if (
    existing !== undefined &&
    existing.flags === flags &&
    existing.lockIndex === lockIndex &&
    existing.session === session &&
    equalBytes(existing.value, value)
  ) {
    return existing;
  }
  // The text that is in the tree already: the one that came with the command need not live on.
  const { key } = existing ?? write;
  const createIndex = existing ? existing.createIndex : txn.index;
  const entry: KvEntry = { key, value, flags, lockIndex, session, createIndex, modifyIndex: txn.index };
  txn.put('kv', entry);
  txn.touch('kv');
  return entry;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
