import { indexed } from './indexed';
import type { ReadTables } from '../tables/tables';
import type { SettingRow } from '../view/delta';
import type { Indexed } from '../view/view';

export function setting(tables: ReadTables, name: string): Indexed<SettingRow | undefined> {
  const row = tables.settings.get(name);
  return indexed(row ? Math.max(row.modifyIndex, tables.indexes.floor) : tables.indexes.get('settings'), row, [
    'settings',
  ]);
}
