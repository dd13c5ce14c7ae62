import type { Transaction } from '../transaction/transaction';
import type { CoordinateUpdateCommand } from './command';
import type { Outcome } from './outcome';
import { sameRow } from './same-row';

/** Coordinates of nodes that are not registered (any more) are dropped: they would never be cleaned up. */
export function applyCoordinateUpdate(txn: Transaction, { updates }: CoordinateUpdateCommand): Outcome {
  for (const row of updates) {
    if (!txn.read.nodes.get(row.node)) continue;
    const existing = txn.read.coordinates.find(row);
    if (existing && sameRow(existing, row)) continue;
    txn.put('coordinates', row);
    txn.touch('coordinates');
  }
  return { kind: 'done', ok: true };
}
