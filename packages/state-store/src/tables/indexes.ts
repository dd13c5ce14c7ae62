import { KeyedTable } from './keyed-table';
import { nameKey } from './order';
import type { ReadTable } from './table';
import type { IndexRow } from '../view/delta';

/** Highest revision that touched a table or a group of rows. */
export interface ReadIndexes extends ReadTable<IndexRow> {
  /** 0 when nothing of that name was ever touched. Never below {@link floor}. */
  get(name: string): number;
  /**
   * Where the state was last restored from a backup, 0 when it never was. Rows come back with the indexes they were
   * saved with, but no answer may carry an index below this one: its readers have seen higher ones.
   */
  readonly floor: number;
}

/** The row that holds {@link ReadIndexes.floor}. */
export const RESTORED_INDEX = 'restored';

export class IndexTable extends KeyedTable<IndexRow> implements ReadIndexes {
  /** Also in the tree; kept here since every query asks for it. */
  private floorRow: IndexRow | undefined;

  protected keyOf(row: IndexRow): string {
    return row.name;
  }

  get(name: string): number {
    return Math.max(this.byKey.get(name)?.index ?? 0, this.floor);
  }

  get floor(): number {
    return this.floorRow?.index ?? 0;
  }

  override put(row: IndexRow): IndexRow | undefined {
    if (row.name === RESTORED_INDEX) this.floorRow = row;
    return super.put(row);
  }

  override remove(like: IndexRow): IndexRow | undefined {
    if (like.name === RESTORED_INDEX) this.floorRow = undefined;
    return super.remove(like);
  }

  clone(): IndexTable {
    const copy = new IndexTable(this.byKey.clone());
    copy.floorRow = this.floorRow;
    return copy;
  }
}

/** The revision of the newest change to a service, while it has instances. */
export function serviceIndexName(service: string): string {
  return `service.${nameKey(service)}`;
}

/** The same for the instances that take Connect traffic for a service, whatever their own names. */
export function connectIndexName(service: string): string {
  return `connect.${nameKey(service)}`;
}

/** The revision at which some service last lost its last instance: the index of every service that does not exist. */
export const EXTINCTION_INDEX = 'service-extinction';
