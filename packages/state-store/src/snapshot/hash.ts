import { encodeDelta } from '../encoding/delta-codec';
import { TABLE_NAMES, type Tables } from '../tables/tables';
import type { Delta, TableName } from '../view/delta';

/** To be raised when a row is encoded in another way: servers of two versions must not take each other for damaged. */
export const HASH_FORMAT = 1;

/** Rows between two pauses of {@link hashing}: some hundred microseconds of work. */
const ROWS_PER_STEP = 256;

/**
 * A fingerprint of one table, or of all, that is equal on machines with equal rows. Two 32-bit FNV-1a sums over the
 * encoded rows in key order: made to notice replicas that diverged, not to resist an attacker.
 * Yields now and then, so that the caller can let others run; give it a clone of tables that change meanwhile.
 */
export function* hashing(tables: Tables, table?: TableName): Generator<void, string> {
  let low = 0x811c9dc5;
  let high = 0x9dc5811c;
  let rows = 0;
  for (const name of table === undefined ? TABLE_NAMES : [table]) {
    for (const row of tables.table(name).rows()) {
      for (const byte of encodeDelta({ table: name, op: 'put', row } as Delta)) {
        low = Math.imul(low ^ byte, 0x01000193);
        high = Math.imul(high ^ byte ^ 0xa5, 0x01000193);
      }
      if (++rows % ROWS_PER_STEP === 0) yield;
    }
  }
  return hex(high) + hex(low);
}

export function hashNow(tables: Tables, table?: TableName): string {
  const steps = hashing(tables, table);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
