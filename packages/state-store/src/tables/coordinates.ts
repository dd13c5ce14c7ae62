import { KeyedTable } from './keyed-table';
import { nameKey, SEPARATOR, sortKey } from './order';
import type { ReadTable } from './table';
import type { CoordinateRow } from '../view/delta';

/** Network coordinates, one per node and network segment. */
export interface ReadCoordinates extends ReadTable<CoordinateRow> {
  ofNode(node: string): CoordinateRow[];
}

export class CoordinateTable extends KeyedTable<CoordinateRow> implements ReadCoordinates {
  protected keyOf(row: CoordinateRow): string {
    return nameKey(row.node) + SEPARATOR + sortKey(row.segment);
  }

  ofNode(node: string): CoordinateRow[] {
    return this.byKey.collect(nameKey(node) + SEPARATOR);
  }

  clone(): CoordinateTable {
    return new CoordinateTable(this.byKey.clone());
  }
}
