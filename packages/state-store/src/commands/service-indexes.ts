import type { ServiceInstance } from '@tribune/protocol';
import { connectIndexName, EXTINCTION_INDEX, serviceIndexName } from '../tables/indexes';
import { connectTarget } from '../tables/services';
import type { Transaction } from '../transaction/transaction';

/** Something about this instance changed: itself, its node, or one of the checks that decide about it. */
export function touchInstance(txn: Transaction, instance: ServiceInstance): void {
  txn.touch(serviceIndexName(instance.service));
  const target = connectTarget(instance);
  if (target !== undefined) txn.touch(connectIndexName(target));
}

export function touchInstancesOn(txn: Transaction, node: string): void {
  for (const instance of txn.read.services.onNode(node)) touchInstance(txn, instance);
}

/** The instance has left the groups it was in: those that are empty now are extinct and lose their own index. */
export function noteDeparture(txn: Transaction, instance: ServiceInstance): void {
  const { services } = txn.read;
  touchOrExtinguish(txn, serviceIndexName(instance.service), services.hasNamed(instance.service));
  const target = connectTarget(instance);
  if (target !== undefined) touchOrExtinguish(txn, connectIndexName(target), services.hasConnectFor(target));
}

function touchOrExtinguish(txn: Transaction, name: string, exists: boolean): void {
  if (exists) return txn.touch(name);
  txn.remove('indexes', { name, index: 0 });
  txn.touch(EXTINCTION_INDEX);
}
