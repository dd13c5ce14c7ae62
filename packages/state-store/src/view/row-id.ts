import { nameKey, SEPARATOR } from '../tables/order';
import type { Delta } from './delta';

/** A name for the row that a delta is about, unique over all tables and equal for equal key fields. */
export function rowId(delta: Delta): string {
  return delta.table + SEPARATOR + keyOf(delta);
}

function keyOf(delta: Delta): string {
  switch (delta.table) {
    case 'nodes':
      return nameKey(delta.row.node);
    case 'services':
      return nameKey(delta.row.node) + SEPARATOR + nameKey(delta.row.id);
    case 'checks':
      return nameKey(delta.row.node) + SEPARATOR + nameKey(delta.row.checkId);
    case 'kv':
    case 'tombstones':
    case 'lockDelays':
      return delta.row.key;
    case 'sessions':
      return nameKey(delta.row.id);
    case 'coordinates':
      return nameKey(delta.row.node) + SEPARATOR + delta.row.segment;
    case 'settings':
    case 'indexes':
      return delta.row.name;
  }
}
