import { indexed } from './indexed';
import type { ReadTables } from '../tables/tables';
import type { CoordinateRow } from '../view/delta';
import type { Indexed } from '../view/view';

/** Coordinates of every node, or of one. */
export function coordinates(tables: ReadTables, node?: string): Indexed<readonly CoordinateRow[]> {
  const rows = node === undefined ? [...tables.coordinates.rows()] : tables.coordinates.ofNode(node);
  return indexed(tables.indexes.get('coordinates'), rows, ['coordinates']);
}
