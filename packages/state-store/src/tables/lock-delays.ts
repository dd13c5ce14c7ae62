import { KeyedTable } from './keyed-table';
import { sortKey } from './order';
import type { ReadTable } from './table';
import type { LockDelayRow } from '../view/delta';

/** Keys that nobody may lock for a while, because their last holder's session ended instead of releasing them. */
export interface ReadLockDelays extends ReadTable<LockDelayRow> {
  get(key: string): LockDelayRow | undefined;
}

export class LockDelayTable extends KeyedTable<LockDelayRow> implements ReadLockDelays {
  protected keyOf(row: LockDelayRow): string {
    return sortKey(row.key);
  }

  get(key: string): LockDelayRow | undefined {
    return this.byKey.get(sortKey(key));
  }

  clone(): LockDelayTable {
    return new LockDelayTable(this.byKey.clone());
  }
}
