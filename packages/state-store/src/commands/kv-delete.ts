import type { Transaction } from '../transaction/transaction';
import type { KvEffect } from './kv';

export function deleteEntry(txn: Transaction, key: string): void {
  const existing = txn.read.kv.get(key);
  if (!existing) return;
  txn.put('tombstones', { key: existing.key, index: txn.index });
  txn.touch('tombstones');
  txn.remove('kv', existing);
  txn.touch('kv');
}

/** Deleting what is not there succeeds whatever the index; index 0 therefore never deletes anything. */
export function deleteIfUnchanged(txn: Transaction, key: string, index: number): KvEffect {
  const existing = txn.read.kv.get(key);
  if (existing && existing.modifyIndex !== index) return { kind: 'refused' };
  deleteEntry(txn, key);
  return { kind: 'done' };
}

export function deleteTree(txn: Transaction, prefix: string): void {
  for (const entry of txn.read.kv.withPrefix(prefix)) deleteEntry(txn, entry.key);
}
