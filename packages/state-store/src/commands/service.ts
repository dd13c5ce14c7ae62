import type { ServiceInstance } from '@tribune/protocol';
import { connectTarget } from '../tables/services';
import type { Transaction } from '../transaction/transaction';
import { deleteCheck } from './check';
import type { Unindexed } from './command';
import { sameRow } from './same-row';
import { noteDeparture, touchInstance } from './service-indexes';
import { invalidServiceMeta } from './service-meta';

/** Creates or updates an instance on a node that exists. Returns why it cannot be, in Consul's words. */
export function ensureService(txn: Transaction, service: Unindexed<ServiceInstance>): string | undefined {
  const badMeta = invalidServiceMeta(service.meta);
  if (badMeta) return `Invalid Service Meta for node ${service.node} and serviceID ${service.id}: ${badMeta}`;
  if (!txn.read.nodes.get(service.node)) return 'Missing node registration';
  if (service.id === '') return 'failed inserting service: object missing primary index';

  const existing = txn.read.services.get(service.node, service.id);
  const row: ServiceInstance = { ...service, createIndex: existing?.createIndex ?? txn.index, modifyIndex: txn.index };
  if (existing && sameRow(existing, row)) return undefined;
  txn.put('services', row);
  txn.touch('services');
  touchInstance(txn, row);
  // An instance that takes another name leaves those who watch the old one with one less.
  if (existing && changesGroup(existing, row)) noteDeparture(txn, existing);
  return undefined;
}

export function deleteService(txn: Transaction, node: string, id: string): void {
  const existing = txn.read.services.get(node, id);
  if (!existing) return;
  for (const check of txn.read.checks.ofInstance(node, id)) deleteCheck(txn, node, check.checkId);
  txn.remove('services', existing);
  txn.touch('services');
  noteDeparture(txn, existing);
}

function changesGroup(before: ServiceInstance, after: ServiceInstance): boolean {
  return before.service !== after.service || connectTarget(before) !== connectTarget(after);
}
