import { EncodingError, joinVersioned, pack, packVersioned, viewEach } from './packer';
import { ROW_CODECS, type Fields, type RowCodec } from './row-codec';
import type { Delta, TableName } from '../view/delta';

/** A table's place in this list is its number on the wire and on disk: append only. */
const TABLE_NUMBERS: readonly TableName[] = [
  'nodes',
  'services',
  'checks',
  'kv',
  'tombstones',
  'sessions',
  'lockDelays',
  'coordinates',
  'settings',
  'indexes',
];
const NUMBER_OF = Object.fromEntries(TABLE_NUMBERS.map((name, number) => [name, number])) as Record<TableName, number>;

const NO_VALUE = new Uint8Array(0);

/** Version byte, then `[table, 1 put | 0 delete, fields…]` per delta. `before` stays behind. */
export function encodeDeltas(deltas: readonly Delta[]): Uint8Array {
  if (deltas.length === 1) return packVersioned(deltaFields(deltas[0]!));
  return joinVersioned(deltas.map(encodeDelta));
}

export function decodeDeltas(bytes: Uint8Array): Delta[] {
  const deltas: Delta[] = [];
  viewEach(bytes, (value) => deltas.push(deltaFrom(value as Fields)));
  return deltas;
}

/** One delta without the version byte: what chunks are made of. */
export function encodeDelta(delta: Delta): Uint8Array {
  return pack(deltaFields(delta));
}

function deltaFields(delta: Delta): Fields {
  const codec = ROW_CODECS[delta.table] as RowCodec<unknown>;
  if (delta.op === 'put') return [NUMBER_OF[delta.table], 1, codec.toFields(delta.row)];
  // Who applies a deletion has the row: a large value need not travel to be dropped.
  const row = delta.table === 'kv' ? { ...delta.row, value: NO_VALUE } : delta.row;
  return [NUMBER_OF[delta.table], 0, codec.toFields(row)];
}

function deltaFrom(fields: Fields): Delta {
  const table = TABLE_NUMBERS[fields[0] as number];
  if (table === undefined)
    throw new EncodingError(
      { code: 'STATE_ENCODING' },
      `table number ${String(fields[0])} is not known to this program`,
    );
  const row = (ROW_CODECS[table] as RowCodec<unknown>).fromFields(fields[2] as Fields);
  return { table, op: fields[1] === 1 ? 'put' : 'delete', row } as Delta;
}
