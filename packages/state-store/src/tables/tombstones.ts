import { KeyedTable } from './keyed-table';
import { sortKey } from './order';
import type { ReadTable } from './table';
import type { TombstoneRow } from '../view/delta';

/** Where keys were deleted, so that the index of a prefix does not fall when its newest key goes. Reaped by age. */
export interface ReadTombstones extends ReadTable<TombstoneRow> {
  /** Highest revision at which a key with this prefix was deleted; 0 when none is remembered. */
  maxIndexWithPrefix(prefix: string): number;
}

export class TombstoneTable extends KeyedTable<TombstoneRow> implements ReadTombstones {
  protected keyOf(row: TombstoneRow): string {
    return sortKey(row.key);
  }

  maxIndexWithPrefix(prefix: string): number {
    let max = 0;
    this.byKey.each(sortKey(prefix), (row) => {
      if (row.index > max) max = row.index;
    });
    return max;
  }

  clone(): TombstoneTable {
    return new TombstoneTable(this.byKey.clone());
  }
}
