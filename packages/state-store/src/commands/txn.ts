import { assert } from '@tribune/platform';
import type { ReadTables, Tables } from '../tables/tables';
import { Transaction } from '../transaction/transaction';
import type { TxnOperation } from './command';
import type { Outcome, TxnError, TxnResult } from './outcome';
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
