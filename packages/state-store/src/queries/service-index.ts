import type { ServiceInstance } from '@tribune/protocol';
import { EXTINCTION_INDEX, serviceIndexName } from '../tables/indexes';
import type { ReadTables } from '../tables/tables';
import type { TableName } from '../view/delta';

export function maxIndex(tables: ReadTables, ...names: readonly TableName[]): number {
  let max = 0;
  for (const name of names) max = Math.max(max, tables.indexes.get(name));
  return max;
}

/**
 * The blocking index of a service: its own row while it has instances, so that other services do not move it; the last
 * extinction when it has none, so that a service that vanishes moves it once and then it rests. For Connect, the newest
 * of the services that the rows belong to.
 */
export function serviceIndex(
  tables: ReadTables,
  name: string,
  rows: readonly ServiceInstance[],
  options: { readonly connect: boolean; readonly checks: boolean },
): number {
  if (!options.connect) return indexOfService(tables, name, rows.length > 0, options.checks);
  let max = 0;
  let last = '';
  for (const row of rows) {
    if (row.service === last) continue;
    last = row.service;
    max = Math.max(max, indexOfService(tables, row.service, true, options.checks));
  }
  return max || indexOfService(tables, name, false, options.checks);
}

export function indexOfService(tables: ReadTables, name: string, exists: boolean, checks: boolean): number {
  const extinction = tables.indexes.get(EXTINCTION_INDEX);
  if (!exists && extinction > 0) return extinction;
  const own = tables.indexes.get(serviceIndexName(name));
  if (own > 0) return own;
  return checks ? maxIndex(tables, 'nodes', 'services', 'checks') : maxIndex(tables, 'nodes', 'services');
}
