import { KeyedTable } from './keyed-table';
import { sortKey } from './order';
import type { ReadTable } from './table';
import type { SettingRow } from '../view/delta';

/** Cluster-wide settings by name. */
export interface ReadSettings extends ReadTable<SettingRow> {
  get(name: string): SettingRow | undefined;
}

export class SettingTable extends KeyedTable<SettingRow> implements ReadSettings {
  protected keyOf(row: SettingRow): string {
    return sortKey(row.name);
  }

  get(name: string): SettingRow | undefined {
    return this.byKey.get(sortKey(name));
  }

  clone(): SettingTable {
    return new SettingTable(this.byKey.clone());
  }
}
