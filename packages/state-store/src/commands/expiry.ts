import type { Transaction } from '../transaction/transaction';
import type { LockDelayExpireCommand, TombstoneReapCommand } from './command';
import type { Outcome } from './outcome';

/** Only the delay that was timed: a newer one on the same key has its own time to run. */
export function applyLockDelayExpire(txn: Transaction, { keys }: LockDelayExpireCommand): Outcome {
  for (const { key, createIndex } of keys) {
    const row = txn.read.lockDelays.get(key);
    if (row?.createIndex === createIndex) txn.remove('lockDelays', row);
  }
  return { kind: 'done', ok: true };
}

export function applyTombstoneReap(txn: Transaction, { throughIndex }: TombstoneReapCommand): Outcome {
  const old = [...txn.read.tombstones.rows()].filter((row) => row.index <= throughIndex);
  for (const row of old) txn.remove('tombstones', row);
  return { kind: 'done', ok: true };
}
