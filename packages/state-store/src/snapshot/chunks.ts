import { TABLE_NAMES, type Tables } from '../tables/tables';
import { encodeDelta } from '../encoding/delta-codec';
import { encodeStagingMark } from '../encoding/staging-codec';
import { joinVersioned } from '../encoding/packer';
import type { Delta } from '../view/delta';
import type { Staging } from './staging';

/** Bounds of a chunk, whichever comes first: encoding or decoding one takes
 * about a millisecond, so a caller that yields between chunks holds nobody up, also on a machine that is busy tenfold. */
export const CHUNK_BYTES_MAX = 256 * 1024;
export const CHUNK_ROWS_MAX = 256;

/** All rows as deltas, table by table in {@link TABLE_NAMES} order. */
export function* allRows(tables: Tables): Generator<Delta> {
  for (const table of TABLE_NAMES) {
    for (const row of tables.table(table).rows()) yield { table, op: 'put', row } as Delta;
  }
}

/** Groups deltas into encoded chunks within the bounds; a row larger than {@link CHUNK_BYTES_MAX} has its own. */
export function* encodeChunks(deltas: Iterable<Delta>): Generator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let bytes = 1;
  for (const delta of deltas) {
    const part = encodeDelta(delta);
    if (parts.length === CHUNK_ROWS_MAX || (parts.length > 0 && bytes + part.length > CHUNK_BYTES_MAX)) {
      yield joinVersioned(parts);
      parts = [];
      bytes = 1;
    }
    parts.push(part);
    bytes += part.length;
  }
  if (parts.length > 0) yield joinVersioned(parts);
}

/** Everything that makes a server's state: the tables, and the restore that is under way. */
export function* stateChunks(tables: Tables, staging: Staging | undefined): Generator<Uint8Array> {
  yield* encodeChunks(allRows(tables));
  if (!staging) return;
  yield encodeStagingMark(staging);
  yield* encodeChunks(allRows(staging.tables));
}
