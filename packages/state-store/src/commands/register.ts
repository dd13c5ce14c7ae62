import type { Transaction } from '../transaction/transaction';
import { ensureCheck } from './check';
import type { RegisterCommand } from './command';
import { ensureNode, sameName } from './node';
import type { Outcome } from './outcome';
import { quote } from './quote';
import { sameRow } from './same-row';
import { ensureService } from './service';

/** Node, service and checks together or not at all. What is already registered as given moves no index. */
export function applyRegister(txn: Transaction, command: RegisterCommand): Outcome {
  const message = registerNode(txn, command) ?? registerService(txn, command) ?? registerChecks(txn, command);
  return message === undefined ? { kind: 'done', ok: true } : { kind: 'error', message };
}

function registerNode(txn: Transaction, { node, skipNodeUpdate }: RegisterCommand): string | undefined {
  const existing = txn.read.nodes.get(node.node);
  if (existing && (skipNodeUpdate || sameRow(existing, { ...node, createIndex: 0, modifyIndex: 0 }))) return undefined;
  return prefixed('failed inserting node', ensureNode(txn, node));
}

function registerService(txn: Transaction, { node, service }: RegisterCommand): string | undefined {
  if (!service) return undefined;
  return prefixed('failed inserting service', ensureService(txn, { ...service, node: node.node }));
}

function registerChecks(txn: Transaction, { node, checks }: RegisterCommand): string | undefined {
  for (const check of checks) {
    if (!sameName(check.node, node.node)) {
      return `check node ${quote(check.node)} does not match node ${quote(node.node)}`;
    }
    const message = ensureCheck(txn, check);
    if (message) return `failed inserting check: ${message} on node ${quote(check.node)}`;
  }
  return undefined;
}

function prefixed(what: string, message: string | undefined): string | undefined {
  return message === undefined ? undefined : `${what}: ${message}`;
}
