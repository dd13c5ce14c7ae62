import { SERF_HEALTH_CHECK_ID, type Node } from '@tribune/protocol';
import type { Transaction } from '../transaction/transaction';
import { deleteCheck } from './check';
import type { Unindexed } from './command';
import { quote } from './quote';
import { sameRow } from './same-row';
import { deleteService } from './service';
import { touchInstancesOn } from './service-indexes';
import { destroySession } from './session';

/**
 * Creates or updates a node. An id that is known under another name renames the node: the old name goes with
 * everything on it. Returns why it cannot be, in Consul's words.
 */
export function ensureNode(txn: Transaction, node: Unindexed<Node>): string | undefined {
  if (node.node === '') return 'failed inserting node: object missing primary index';
  const byId = node.id === '' ? undefined : txn.read.nodes.byId(node.id);
  const renames = byId !== undefined && !sameName(byId.node, node.node);
  if (node.id !== '' && (!byId || renames)) {
    const taken = nameTaken(txn, node, { byNodeWithoutId: renames });
    if (taken) return `Error while renaming Node ID: ${quote(node.id)}${renames ? ` (${node.address})` : ''}: ${taken}`;
  }
  if (renames) deleteNode(txn, byId.node);
  storeNode(txn, byId ?? txn.read.nodes.get(node.node), node);
  return undefined;
}

function storeNode(txn: Transaction, existing: Node | undefined, node: Unindexed<Node>): void {
  const row: Node = { ...node, createIndex: existing?.createIndex ?? txn.index, modifyIndex: txn.index };
  if (existing && sameRow(existing, row)) return;
  txn.put('nodes', row);
  txn.touch('nodes');
  touchInstancesOn(txn, node.node);
}

/** A name is taken while another node of that name is alive by gossip; a dead or external one gives way. */
function nameTaken(
  txn: Transaction,
  node: Unindexed<Node>,
  counts: { readonly byNodeWithoutId: boolean },
): string | undefined {
  const holder = txn.read.nodes.get(node.node);
  if (!holder || holder.id === node.id || (holder.id === '' && !counts.byNodeWithoutId)) return undefined;
  const serf = txn.read.checks.get(holder.node, SERF_HEALTH_CHECK_ID);
  if (!serf || serf.status === 'critical') return undefined;
  return `Node name ${node.node} is reserved by node ${holder.id} with name ${holder.node} (${holder.address})`;
}

/** Removes the node, its services, checks, coordinates and sessions. */
export function deleteNode(txn: Transaction, name: string): void {
  const node = txn.read.nodes.get(name);
  if (!node) return;
  for (const service of txn.read.services.onNode(name)) deleteService(txn, name, service.id);
  for (const check of txn.read.checks.onNode(name)) deleteCheck(txn, name, check.checkId);
  for (const coordinate of txn.read.coordinates.ofNode(name)) {
    txn.remove('coordinates', coordinate);
    txn.touch('coordinates');
  }
  txn.remove('nodes', node);
  txn.touch('nodes');
  for (const session of txn.read.sessions.onNode(name)) destroySession(txn, session.id);
}

export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
