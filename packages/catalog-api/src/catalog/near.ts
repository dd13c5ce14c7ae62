import type { CoordinateRow, ReadTables, WatchKey } from '@tribune/state-store';

/**
 * Orders rows by estimated round-trip time from a node (`?near=`). Nodes without a coordinate come last, in the order
 * they had; an unknown node sorts nothing, as in Consul.
 */
export function sortNear<T>(
  tables: ReadTables,
  near: string,
  rows: readonly T[],
  nodeOf: (row: T) => string,
): readonly T[] {
  if (near === '' || rows.length < 2) return rows;
  const from = tables.coordinates.ofNode(near)[0];
  if (!from) return rows;
  const distances = rows.map((row, order) => ({ row, order, seconds: secondsTo(tables, from, nodeOf(row)) }));
  distances.sort((a, b) => (a.seconds === b.seconds ? a.order - b.order : a.seconds - b.seconds));
  return distances.map(({ row }) => row);
}

/** What an answer in that order depends on besides its rows. A move alone wakes nobody: it moves no index. */
export function watchNear(near: string, watch: readonly WatchKey[]): readonly WatchKey[] {
  return near === '' ? watch : [...watch, 'coordinates'];
}

function secondsTo(tables: ReadTables, from: CoordinateRow, node: string): number {
  const to = tables.coordinates.ofNode(node).find(({ segment }) => segment === from.segment);
  return to ? roundTrip(from, to) : Infinity;
}

/** Vivaldi distance in seconds: Euclidean plus heights, with the adjustments unless they make it negative. */
function roundTrip(a: CoordinateRow, b: CoordinateRow): number {
  if (a.vec.length !== b.vec.length) return Infinity;
  const squares = a.vec.reduce((sum, x, i) => sum + (x - b.vec[i]!) ** 2, 0);
  const distance = Math.sqrt(squares) + a.height + b.height;
  const adjusted = distance + a.adjustment + b.adjustment;
  return adjusted > 0 ? adjusted : distance;
}
