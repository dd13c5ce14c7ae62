/**
 * The entries of an append as one field. As protobuf messages they cost several objects each on both sides; so they cost
 * a view. Big-endian, one after another:
 *
 *   0  version u8 = 1, once at the front
 *
 *   0  kind u8       0 command, 1 noop, 2 configuration
 *   1  term u64
 *   9  length u32
 *  13  data
 */
import type { Entry, EntryKind, LogIndex } from '../core/message';
import { integer, invalid } from './wire-fields';

const VERSION = 1;
const HEADER_BYTES = 13;
const KINDS: readonly EntryKind[] = ['command', 'noop', 'configuration'];

export function packEntries(entries: readonly Entry[]): Uint8Array {
  const bytes = Buffer.allocUnsafe(entries.reduce((sum, { data }) => sum + HEADER_BYTES + data.byteLength, 1));
  bytes[0] = VERSION;
  let at = 1;
  for (const { kind, term, data } of entries) {
    bytes[at] = KINDS.indexOf(kind);
    bytes.writeUInt32BE(Math.floor(term / 2 ** 32), at + 1);
    bytes.writeUInt32BE(term >>> 0, at + 5);
    bytes.writeUInt32BE(data.byteLength, at + 9);
    bytes.set(data, at + HEADER_BYTES);
    at += HEADER_BYTES + data.byteLength;
  }
  return bytes;
}

/** Views of `packed`, which nobody writes to again. */
export function unpackEntries(packed: Uint8Array, first: LogIndex): Entry[] {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  if (bytes[0] !== VERSION) throw invalid('packed', `version ${bytes[0]} is unknown`);
  const entries: Entry[] = [];
  for (let at = 1; at < bytes.length;) {
    if (at + HEADER_BYTES > bytes.length) throw invalid('packed', 'it ends inside a header');
    const kind = KINDS[bytes[at]!];
    if (!kind) throw invalid('packed.kind', `${bytes[at]} is unknown`);
    const term = integer(bytes.readUInt32BE(at + 1) * 2 ** 32 + bytes.readUInt32BE(at + 5), 'packed.term');
    const end = at + HEADER_BYTES + bytes.readUInt32BE(at + 9);
    if (end > bytes.length) throw invalid('packed', 'it ends inside an entry');
    entries.push({ index: first + entries.length, term, kind, data: bytes.subarray(at + HEADER_BYTES, end) });
    at = end;
  }
  return entries;
}
