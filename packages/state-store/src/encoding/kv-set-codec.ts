import { ownedSlice } from './owned-value';
import { ENCODING_VERSION } from './packer';
import type { KvOperation } from '../commands/command';

type KvSet = KvOperation & { readonly verb: 'set' };

/** What such a command begins with: a list of five, of which the first two are "KV" and "set" (see `encodeCommand`). */
const LIST_OF_5 = 0x95;
const KV = 0;
const SET = 0;
const KEY_BYTES_MAX = 255;
const VALUE_BYTES_MAX = 65_535;
const FLAGS_BYTES = 9;
const NO_FLAGS = 0n;

// Of Buffer, but works on all bytes; its types leave it out.
const { latin1Slice } = Buffer.prototype as unknown as {
  latin1Slice: (this: Uint8Array, from: number, to: number) => string;
};

/**
 * A plain `set` as nearly all are: a short ASCII key, a value below 64 KiB, no flags. A decoder that takes whatever
 * MessagePack can say makes a dozen objects on the way to the same operation, at a third of what applying it costs.
 * Undefined: let that one look.
 */
export function readKvSet(bytes: Uint8Array): KvSet | undefined {
  if (bytes[0] !== ENCODING_VERSION || bytes[1] !== LIST_OF_5 || bytes[2] !== KV || bytes[3] !== SET) return undefined;
  const head = bytes[4]!;
  const isShort = (head & 0xe0) === 0xa0;
  if (!isShort && head !== 0xd9) return undefined;
  const keyAt = isShort ? 5 : 6;
  const keyEnd = keyAt + (isShort ? head & 0x1f : bytes[5]!);
  const valueHead = bytes[keyEnd];
  if (valueHead !== 0xc4 && valueHead !== 0xc5) return undefined;
  const isSmall = valueHead === 0xc4;
  const valueAt = keyEnd + (isSmall ? 2 : 3);
  const valueEnd = valueAt + (isSmall ? bytes[keyEnd + 1]! : bytes[keyEnd + 1]! * 256 + bytes[keyEnd + 2]!);
  if (valueEnd + FLAGS_BYTES !== bytes.length || !isZero64(bytes, valueEnd)) return undefined;
  for (let at = keyAt; at < keyEnd; at++) if (bytes[at]! > 0x7f) return undefined;
  const key = latin1Slice.call(bytes, keyAt, keyEnd);
  return { verb: 'set', key, value: ownedSlice(bytes, valueAt, valueEnd), flags: NO_FLAGS };
}

/** A 64-bit integer, signed or not, that is zero. */
function isZero64(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== 0xd3 && bytes[at] !== 0xcf) return false;
  for (let i = at + 1; i < at + FLAGS_BYTES; i++) if (bytes[i] !== 0) return false;
  return true;
}

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
