import { ENCODING_VERSION } from './packer';
import type { KvOperation } from '../commands/command';

type KvSet = KvOperation & { readonly verb: 'set' };

const LIST_OF_5 = 0x95;
const KV = 0;
const SET = 0;
const KEY_BYTES_MAX = 255;
const VALUE_BYTES_MAX = 65_535;
const FLAGS_BYTES = 9;
const NO_FLAGS = 0n;

/**
 * The same bytes that the encoder for all commands makes, at a third of the time, of what `readKvSet` reads. Undefined for any other,
 * malformed ones among them.
 */
export function writeKvSet({ key, value, flags }: KvSet): Uint8Array | undefined {
  if (flags !== NO_FLAGS || typeof key !== 'string' || !(value instanceof Uint8Array)) return undefined;
  if (key.length > KEY_BYTES_MAX || value.length > VALUE_BYTES_MAX) return undefined;
  const keyHead = key.length < 32 ? 1 : 2;
  const valueHead = value.length < 256 ? 2 : 3;
  const bytes = Buffer.allocUnsafe(4 + keyHead + key.length + valueHead + value.length + FLAGS_BYTES);
  bytes[0] = ENCODING_VERSION;
  bytes[1] = LIST_OF_5;
  bytes[2] = KV;
  bytes[3] = SET;
  let at = 4;
  if (keyHead === 2) bytes[at++] = 0xd9;
  bytes[at++] = keyHead === 1 ? 0xa0 | key.length : key.length;
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i);
    if (unit > 0x7f) return undefined;
    bytes[at++] = unit;
  }
  bytes[at++] = valueHead === 2 ? 0xc4 : 0xc5;
  if (valueHead === 3) bytes[at++] = value.length >>> 8;
  bytes[at++] = value.length & 0xff;
  bytes.set(value, at);
  at += value.length;
  bytes[at] = 0xd3;
  return bytes.fill(0, at + 1);
}
