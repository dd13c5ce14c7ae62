import type { Transaction } from '../transaction/transaction';
import type { KvOperation } from './command';
import { deleteEntry, deleteIfUnchanged, deleteTree } from './kv-delete';
import type { KvEffect } from './kv-effect';
import { lockEntry, unlockEntry } from './kv-lock';
import { setEntry, setIfUnchanged } from './kv-set';
import type { Outcome } from './outcome';

const DONE: Outcome = { kind: 'done', ok: true };
const REFUSED: Outcome = { kind: 'done', ok: false };

export function applyKv(txn: Transaction, operation: KvOperation): Outcome {
  const effect = applyKvOperation(txn, operation);
  if (effect.kind === 'error') return effect;
  return effect.kind === 'done' ? DONE : REFUSED;
}

export function applyKvOperation(txn: Transaction, operation: KvOperation): KvEffect {
  switch (operation.verb) {
    case 'set':
      return { kind: 'done', entry: setEntry(txn, operation) };
    case 'cas':
      return setIfUnchanged(txn, operation, operation.index);
    case 'lock':
      return lockEntry(txn, operation, operation.session);
    case 'unlock':
      return unlockEntry(txn, operation, operation.session);
    case 'delete':
      deleteEntry(txn, operation.key);
      return { kind: 'done' };
    case 'delete-cas':
      return deleteIfUnchanged(txn, operation.key, operation.index);
    case 'delete-tree':
      deleteTree(txn, operation.key);
      return { kind: 'done' };
  }
}
