import { KeyedTable } from './keyed-table';
import { nameKey } from './order';
import type { ReadTable } from './table';
import type { IndexRow } from '../view/delta';

/** Highest revision that touched a table or a group of rows. */
export interface ReadIndexes extends ReadTable<IndexRow> {
  /** 0 when nothing of that name was ever touched. */
  get(name: string): number;
}

export class IndexTable extends KeyedTable<IndexRow> implements ReadIndexes {
  protected keyOf(row: IndexRow): string {
    return row.name;
  }

  get(name: string): number {
    return this.byKey.get(name)?.index ?? 0;
  }

  clone(): IndexTable {
    return new IndexTable(this.byKey.clone());
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
