import type { Transaction } from '../transaction/transaction';
import { deleteCheck, ensureCheck } from './check';
import type { TxnOperation } from './command';
import { deleteNode, ensureNode } from './node';
import type { TxnResult } from './outcome';
import { quote } from './quote';
import { deleteService, ensureService } from './service';
import type { OperationEffect } from './txn';

type Operation<K extends TxnOperation['kind']> = Extract<TxnOperation, { readonly kind: K }>;

/** The same five verbs over the three kinds of catalog rows. */
interface Subject<Row extends { readonly modifyIndex: number }> {
  /** The row before the operation, or after it. */
  find(): Row | undefined;
  /** Writes it; returns why it cannot be. */
  ensure(): string | undefined;
  delete(): void;
  result(row: Row): TxnResult;
  /** `node "n1"`, `service "web" on node "n1"` …, for sentences. */
  readonly name: string;
}

export function runNodeOperation(txn: Transaction, { verb, node, index }: Operation<'node'>): OperationEffect {
  const { nodes } = txn.read;
  return run(verb, index, {
    // By id where there is one, except that conditions look at the name.
    find: () => (node.id !== '' && !verb.endsWith('cas') ? nodes.byId(node.id) : nodes.get(node.node)),
    ensure: () => ensureNode(txn, node),
    delete: () => deleteNode(txn, node.node),
    result: (row) => ({ kind: 'node', node: row }),
    name: `node ${quote(node.node)}`,
  });
}

export function runServiceOperation(
  txn: Transaction,
  { verb, node, service, index }: Operation<'service'>,
): OperationEffect {
  return run(verb, index, {
    find: () => txn.read.services.get(node, service.id),
    ensure: () => ensureService(txn, { ...service, node }),
    delete: () => deleteService(txn, node, service.id),
    result: (row) => ({ kind: 'service', service: row }),
    name: `service ${quote(service.id)} on node ${quote(node)}`,
  });
}

export function runCheckOperation(txn: Transaction, { verb, check, index }: Operation<'check'>): OperationEffect {
  return run(verb, index, {
    find: () => txn.read.checks.get(check.node, check.checkId),
    ensure: () => ensureCheck(txn, check),
    delete: () => deleteCheck(txn, check.node, check.checkId),
    result: (row) => ({ kind: 'check', check: row }),
    name: `check ${quote(check.checkId)} on node ${quote(check.node)}`,
  });
}

function run<Row extends { readonly modifyIndex: number }>(
  verb: Operation<'node'>['verb'],
  index: number,
  subject: Subject<Row>,
): OperationEffect {
  const existing = subject.find();
  switch (verb) {
    case 'get':
      return existing ? { results: [subject.result(existing)] } : { what: `${subject.name} doesn't exist` };
    case 'set':
      return ensured(subject);
    case 'cas':
      // Index 0 means "only when it is missing".
      if ((existing?.modifyIndex ?? 0) !== index) return { what: `failed to set ${subject.name}, index is stale` };
      return ensured(subject);
    case 'delete':
      subject.delete();
      return { results: [] };
    case 'delete-cas':
      if (existing?.modifyIndex !== index) return { what: `failed to delete ${subject.name}, index is stale` };
      subject.delete();
      return { results: [] };
  }
}

function ensured<Row extends { readonly modifyIndex: number }>(subject: Subject<Row>): OperationEffect {
  const what = subject.ensure();
  if (what !== undefined) return { what };
  const row = subject.find();
  return { results: row ? [subject.result(row)] : [] };
}
