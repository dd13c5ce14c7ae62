import { connectIndexName, EXTINCTION_INDEX, serviceIndexName } from '../tables/indexes';
import type { ReadTables } from '../tables/tables';
import type { TableName } from '../view/delta';

export function maxIndex(tables: ReadTables, ...names: readonly TableName[]): number {
  let max = 0;
  for (const name of names) max = Math.max(max, tables.indexes.get(name));
  return max;
}

/**
 * The blocking index of a service: its own row while it has instances, so that other services do not move it; the last
 * extinction when it has none, so that a service that vanishes moves it once and then it rests.
 */
export function serviceIndex(
  tables: ReadTables,
  name: string,
  { connect, checks }: { readonly connect: boolean; readonly checks: boolean },
): number {
  const exists = connect ? tables.services.hasConnectFor(name) : tables.services.hasNamed(name);
  const own = exists
    ? tables.indexes.get(connect ? connectIndexName(name) : serviceIndexName(name))
    : extinction(tables);
  if (own > 0) return own;
  return checks ? maxIndex(tables, 'nodes', 'services', 'checks') : maxIndex(tables, 'nodes', 'services');
}

function extinction(tables: ReadTables): number {
  return tables.indexes.get(EXTINCTION_INDEX);
}
