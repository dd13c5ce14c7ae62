import type { KvEntry } from '@tribune/protocol';
import type { Tables } from '../tables/tables';
import type { Transaction } from '../transaction/transaction';
import type { Delta } from '../view/delta';
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

/**
 * The same as {@link setEntry} in a transaction that nothing else is in. Nearly all writes are alone, and none of them can
 * fail: they need nothing to undo it with, and a list of changes that will not grow takes a quarter of the room.
 */
export function setEntryAlone(tables: Tables, write: KvWrite, index: number): readonly Delta[] {
  const existing = tables.kv.get(write.key);
  const entry = entryAfter(existing, write, { session: existing?.session ?? '', lockIndex: 0 }, index);
  if (entry === existing) return [];
  const touched = { name: 'kv', index };
  return [
    { table: 'kv', op: 'put', row: entry, before: tables.kv.put(entry) },
    { table: 'indexes', op: 'put', row: touched, before: tables.indexes.put(touched) },
  ];
}

interface Holder {
  readonly session: string;
  readonly lockIndex: number;
}

/** Writes the entry unless it is already just that: an equal write moves no index and wakes nobody. */
export function storeEntry(txn: Transaction, existing: KvEntry | undefined, write: KvWrite, holder: Holder): KvEntry {
  const entry = entryAfter(existing, write, holder, txn.index);
  if (entry === existing) return entry;
  txn.put('kv', entry);
  txn.touch('kv');
  return entry;
}

/** The existing one where nothing would change. */
function entryAfter(
  existing: KvEntry | undefined,
  { key, value, flags }: KvWrite,
  { session, lockIndex }: Holder,
  index: number,
): KvEntry {
  if (existing === undefined) {
    return { key, value, flags, lockIndex, session, createIndex: index, modifyIndex: index };
  }
  if (
    existing.flags === flags &&
    existing.lockIndex === lockIndex &&
    existing.session === session &&
    equalBytes(existing.value, value)
  ) {
    return existing;
  }
  // The text that is in the tree already: the one that came with the command need not live on.
  return { key: existing.key, value, flags, lockIndex, session, createIndex: existing.createIndex, modifyIndex: index };
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
