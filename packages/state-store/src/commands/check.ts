import type { HealthCheck } from '@tribune/protocol';
import type { Transaction } from '../transaction/transaction';
import type { Unindexed } from './command';
import { sameRow } from './same-row';
import { touchInstance, touchInstancesOn } from './service-indexes';
import { destroySession } from './session';

/**
 * Creates or updates a check of a node or instance that exists. A critical check ends the sessions that depend on it.
 * Returns why it cannot be, in Consul's words.
 */
export function ensureCheck(txn: Transaction, check: Unindexed<HealthCheck>): string | undefined {
  if (!txn.read.nodes.get(check.node)) return 'Missing node registration';
  if (check.checkId === '') return 'failed inserting check: object missing primary index';
  const service = check.serviceId === '' ? undefined : txn.read.services.get(check.node, check.serviceId);
  if (check.serviceId !== '' && !service) return 'Missing service registration';

  const existing = txn.read.checks.get(check.node, check.checkId);
  const row: HealthCheck = {
    ...check,
    status: check.status === '' ? 'critical' : check.status,
    serviceName: service ? service.service : check.serviceName,
    serviceTags: service ? service.tags : check.serviceTags,
    createIndex: existing?.createIndex ?? txn.index,
    modifyIndex: txn.index,
  };
  if (!existing || !sameRow(existing, row)) storeCheck(txn, existing, row);
  if (row.status === 'critical') endSessions(txn, row);
  return undefined;
}

export function deleteCheck(txn: Transaction, node: string, checkId: string): void {
  const existing = txn.read.checks.get(node, checkId);
  if (!existing) return;
  touchSubject(txn, existing);
  txn.remove('checks', existing);
  txn.touch('checks');
  endSessions(txn, existing);
}

function storeCheck(txn: Transaction, existing: HealthCheck | undefined, row: HealthCheck): void {
  // A check may move from one instance to another: both are affected.
  if (existing && existing.serviceId !== row.serviceId) touchSubject(txn, existing);
  txn.put('checks', row);
  txn.touch('checks');
  touchSubject(txn, row);
}

/** Whom the check is about: one instance, or all that the node carries. */
function touchSubject(txn: Transaction, check: HealthCheck): void {
  if (check.serviceId === '') return touchInstancesOn(txn, check.node);
  const instance = txn.read.services.get(check.node, check.serviceId);
  if (instance) touchInstance(txn, instance);
}

function endSessions(txn: Transaction, check: HealthCheck): void {
  for (const session of txn.read.sessions.dependingOn(check.node, check.checkId)) destroySession(txn, session.id);
}
