import type { KvEntry } from '@tribune/protocol';
import type { Transaction } from '../transaction/transaction';
import type { KvEffect } from './kv-effect';

export function deleteEntry(txn: Transaction, key: string): void {
  const existing = txn.read.kv.get(key);
  if (!existing) return;
  bury(txn, existing.key, txn.read.tombstones.get(key)?.tree ?? false);
  removeEntries(txn, [existing]);
}

/** Deleting what is not there succeeds whatever the index; index 0 therefore never deletes anything. */
export function deleteIfUnchanged(txn: Transaction, key: string, index: number): KvEffect {
  const existing = txn.read.kv.get(key);
  if (existing && existing.modifyIndex !== index) return { kind: 'refused' };
  deleteEntry(txn, key);
  return { kind: 'done' };
}

/** One tombstone for the whole tree; the older ones below it have nothing more to say. */
export function deleteTree(txn: Transaction, prefix: string): void {
  const entries = txn.read.kv.withPrefix(prefix);
  if (entries.length === 0) return;
  for (const row of txn.read.tombstones.withPrefix(prefix)) txn.remove('tombstones', row);
  bury(txn, prefix, true);
  removeEntries(txn, entries);
}

function bury(txn: Transaction, key: string, tree: boolean): void {
  txn.put('tombstones', { key, index: txn.index, tree });
  txn.touch('tombstones');
}

function removeEntries(txn: Transaction, entries: readonly KvEntry[]): void {
  for (const entry of entries) txn.remove('kv', entry);
  txn.touch('kv');
}
