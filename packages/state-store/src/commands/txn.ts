import { assert } from '@tribune/platform';
import type { ReadTables, Tables } from '../tables/tables';
import { Transaction } from '../transaction/transaction';
import type { TxnOperation } from './command';
import type { Outcome, TxnError, TxnResult } from './outcome';
import { quote } from './quote';
import { destroySession } from './session';
import { runCheckOperation, runNodeOperation, runServiceOperation } from './txn-catalog';
import { runKvOperation } from './txn-kv';

/** What one operation came to: its result rows, or the sentence that says why all must be taken back. */
export type OperationEffect = { readonly results: readonly TxnResult[] } | { readonly what: string };

/**
 * All operations in order, or none. Operations after a failed one still run, so that the answer can list every error;
 * then everything is rolled back.
 */
export function applyTxn(txn: Transaction, operations: readonly TxnOperation[]): Outcome {
  const delayed = lockDelayErrors(txn, operations);
  if (delayed.length > 0) return { kind: 'txn', results: [], errors: delayed };
  const results: TxnResult[] = [];
  const errors: TxnError[] = [];
  operations.forEach((operation, opIndex) => {
    const effect = runOperation(txn, operation);
    if ('what' in effect) errors.push({ opIndex, what: effect.what });
    else results.push(...effect.results);
  });
  if (errors.length === 0) return { kind: 'txn', results, errors };
  txn.rollback();
  return { kind: 'txn', results: [], errors };
}

/** A key under lock delay turns a transaction away before anything else is looked at, as in Consul. */
function lockDelayErrors(txn: Transaction, operations: readonly TxnOperation[]): TxnError[] {
  return operations.flatMap((operation, opIndex) => {
    const locks = operation.kind === 'kv' && operation.operation.verb === 'lock';
    if (!locks || !txn.read.lockDelays.get(operation.operation.key)) return [];
    return [{ opIndex, what: `failed to lock key ${quote(operation.operation.key)} due to lock delay` }];
  });
}

function runOperation(txn: Transaction, operation: TxnOperation): OperationEffect {
  switch (operation.kind) {
    case 'kv':
      return runKvOperation(txn, operation.operation);
    case 'node':
      return runNodeOperation(txn, operation);
    case 'service':
      return runServiceOperation(txn, operation);
    case 'check':
      return runCheckOperation(txn, operation);
    case 'session':
      destroySession(txn, operation.id);
      return { results: [] };
    default:
      return { what: 'no operation specified' };
  }
}

const READ_VERBS = new Set(['get', 'get-or-empty', 'get-tree', 'check-not-exists', 'check-index', 'check-session']);

/** A transaction that writes nothing needs no log entry: see {@link readTxn}. */
export function isReadOnlyTxn(operations: readonly TxnOperation[]): boolean {
  return operations.every((operation) =>
    READ_VERBS.has(operation.kind === 'kv' ? operation.operation.verb : operation.verb),
  );
}

/** Answers a transaction of reads from these tables. */
export function readTxn(tables: ReadTables, operations: readonly TxnOperation[]): Outcome {
  assert(isReadOnlyTxn(operations), 'a transaction answered from a view only reads');
  return applyTxn(new Transaction(tables as Tables, 0), operations);
}
