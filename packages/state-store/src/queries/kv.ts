import type { KvEntry } from '@tribune/protocol';
import { indexed } from './indexed';
import type { ReadTables } from '../tables/tables';
import type { Indexed } from '../view/view';

/** An entry's own revision, so that other keys do not wake its readers. A missing key has the store's. */
export function kvGet(tables: ReadTables, key: string): Indexed<KvEntry | undefined> {
  const entry = tables.kv.get(key);
  return indexed(entry ? Math.max(entry.modifyIndex, tables.indexes.floor) : storeIndex(tables), entry, [`kv/${key}`]);
}

export function kvList(tables: ReadTables, prefix: string): Indexed<readonly KvEntry[]> {
  const entries = tables.kv.withPrefix(prefix);
  let newest = 0;
  for (const entry of entries) if (entry.modifyIndex > newest) newest = entry.modifyIndex;
  return indexed(prefixIndex(tables, prefix, newest), entries, prefixWatch(prefix));
}

/** Keys under a prefix; with a separator, each cut after the first separator that follows the prefix, without repeats. */
export function kvKeys(tables: ReadTables, prefix: string, separator = ''): Indexed<readonly string[]> {
  const keys: string[] = [];
  let newest = 0;
  tables.kv.eachWithPrefix(prefix, (entry) => {
    if (entry.modifyIndex > newest) newest = entry.modifyIndex;
    const key = cutAfter(entry.key, prefix.length, separator);
    // Keys that are cut to the same text follow one another, since they share it as a prefix.
    if (keys[keys.length - 1] !== key) keys.push(key);
  });
  return indexed(prefixIndex(tables, prefix, newest), keys, prefixWatch(prefix));
}

function cutAfter(key: string, from: number, separator: string): string {
  if (separator === '') return key;
  const at = key.indexOf(separator, from);
  return at < 0 ? key : key.slice(0, at + separator.length);
}

/** The newest write or remembered deletion under the prefix; the store's index where there is neither. */
function prefixIndex(tables: ReadTables, prefix: string, newest: number): number {
  if (prefix === '') return storeIndex(tables);
  return Math.max(newest, tables.tombstones.maxIndexWithPrefix(prefix), tables.indexes.floor) || storeIndex(tables);
}

function storeIndex(tables: ReadTables): number {
  return Math.max(tables.indexes.get('kv'), tables.indexes.get('tombstones'));
}

function prefixWatch(prefix: string): readonly string[] {
  return [prefix === '' ? 'kv' : `kv-prefix/${prefix}`];
}
