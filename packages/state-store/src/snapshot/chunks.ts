import { TABLE_NAMES, type Tables } from '../tables/tables';
import { encodeDelta } from '../encoding/delta-codec';
import { joinVersioned } from '../encoding/packer';
import type { Delta } from '../view/delta';

/** Encoding this much takes about a millisecond, so a caller that yields between chunks holds nobody up. */
export const CHUNK_BYTES_MAX = 256 * 1024;

/** All rows as deltas, table by table in {@link TABLE_NAMES} order. */
export function* allRows(tables: Tables): Generator<Delta> {
  for (const table of TABLE_NAMES) {
    for (const row of tables.table(table).rows()) yield { table, op: 'put', row } as Delta;
  }
}

/** Groups deltas into encoded chunks of at most {@link CHUNK_BYTES_MAX}; a row larger than that has its own. */
export function* encodeChunks(deltas: Iterable<Delta>): Generator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let bytes = 1;
  for (const delta of deltas) {
    const part = encodeDelta(delta);
    if (parts.length > 0 && bytes + part.length > CHUNK_BYTES_MAX) {
      yield joinVersioned(parts);
      parts = [];
      bytes = 1;
    }
    parts.push(part);
    bytes += part.length;
  }
  if (parts.length > 0) yield joinVersioned(parts);
}
