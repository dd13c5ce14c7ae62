import type { KvEntry } from '@tribune/protocol';
import type { Transaction } from '../transaction/transaction';
import type { KvOperation, KvTxnRead } from './command';
import { applyKvOperation } from './kv';
import { quote } from './quote';
import type { OperationEffect } from './txn';

const NOTHING: OperationEffect = { results: [] };

export function runKvOperation(txn: Transaction, operation: KvOperation | KvTxnRead): OperationEffect {
  switch (operation.verb) {
    case 'get':
    case 'get-or-empty':
    case 'get-tree':
    case 'check-not-exists':
    case 'check-index':
    case 'check-session':
      return runRead(txn, operation);
    default:
      return runWrite(txn, operation);
  }
}

function runWrite(txn: Transaction, operation: KvOperation): OperationEffect {
  const effect = applyKvOperation(txn, operation);
  if (effect.kind === 'error') return { what: effect.message };
  if (effect.kind === 'refused') return { what: refusal(operation) };
  return effect.entry ? withoutValue(effect.entry) : NOTHING;
}

function refusal(operation: KvOperation): string {
  const key = quote(operation.key);
  switch (operation.verb) {
    case 'cas':
      return `failed to set key ${key}, index is stale`;
    case 'delete-cas':
      return `failed to delete key ${key}, index is stale`;
    case 'unlock':
      return `failed to unlock key ${key}, lock isn't held, or is held by another session`;
    default:
      return `failed to lock key ${key}, lock is already held`;
  }
}

function runRead(txn: Transaction, read: KvTxnRead): OperationEffect {
  const entry = txn.read.kv.get(read.key);
  const key = quote(read.key);
  switch (read.verb) {
    case 'get':
      return entry ? withValue(entry) : { what: `key ${key} doesn't exist` };
    case 'get-or-empty':
      return withValue(entry ?? emptyEntry(read.key));
    case 'get-tree':
      return {
        results: txn.read.kv.withPrefix(read.key).map((each) => ({ kind: 'kv', entry: each, withValue: true })),
      };
    case 'check-not-exists':
      return entry ? { what: `key ${key} exists` } : NOTHING;
    case 'check-index':
      if (!entry) return { what: `failed to check index, key ${key} doesn't exist` };
      if (entry.modifyIndex === read.index) return withoutValue(entry);
      return { what: `failed index check for key ${key}, current modify index ${entry.modifyIndex} != ${read.index}` };
    case 'check-session':
      if (!entry) return { what: `failed to check session, key ${key} doesn't exist` };
      if (entry.session === read.session) return withoutValue(entry);
      return {
        what: `failed session check for key ${key}, current session ${quote(entry.session)} != ${quote(read.session)}`,
      };
  }
}

function withValue(entry: KvEntry): OperationEffect {
  return { results: [{ kind: 'kv', entry, withValue: true }] };
}

function withoutValue(entry: KvEntry): OperationEffect {
  return { results: [{ kind: 'kv', entry: { ...entry, value: NO_VALUE }, withValue: false }] };
}

const NO_VALUE = new Uint8Array(0);

function emptyEntry(key: string): KvEntry {
  return { key, value: NO_VALUE, flags: 0n, lockIndex: 0, session: '', createIndex: 0, modifyIndex: 0 };
}
