import type { Transaction } from '../transaction/transaction';
import { deleteCheck } from './check';
import type { DeregisterCommand } from './command';
import { deleteNode } from './node';
import type { Outcome } from './outcome';
import { deleteService } from './service';

/** A service id wins over a check id, as in Consul. Removing what is not there succeeds. */
export function applyDeregister(txn: Transaction, { node, serviceId, checkId }: DeregisterCommand): Outcome {
  if (serviceId) deleteService(txn, node, serviceId);
  else if (checkId) deleteCheck(txn, node, checkId);
  else deleteNode(txn, node);
  return { kind: 'done', ok: true };
}
