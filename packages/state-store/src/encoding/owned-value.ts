/** Values up to this size share memory with their neighbours in time. */
const SHARED_BYTES_MAX = 128;
/**
 * Memory that such values share. One that lives on keeps 2 KiB alive; with values that are overwritten at random, 16 per
 * slab and more, that is about four times their size (the last of n goes after 1 + 1/2 + … + 1/n mean lifetimes), which
 * is still less than the 300 bytes that V8 and malloc spend on an ArrayBuffer.
 */
const SLAB_BYTES = 2048;

const VIEWED_BYTES_MIN = 40;

const EMPTY = Buffer.alloc(0);
let slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
let used = 0;

/**
 * A copy that does not keep the message around it alive. A million small values with an ArrayBuffer each make every
 * garbage collection slow, and freeing many at once lets the next large `malloc` tidy up for 800 ms (measured: glibc
 * keeps chunks of up to 128 bytes apart and merges all of them in one go).
 */
export function ownedValue(view: Uint8Array): Uint8Array {
  return ownedSlice(view, 0, view.length);
}

/** The same of a part of `bytes`. */
export function ownedSlice(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const length = to - from;
  if (length === 0) return EMPTY;
  if (length > SHARED_BYTES_MAX) return Uint8Array.prototype.slice.call(bytes, from, to);
  if (used + length > SLAB_BYTES) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    used = 0;
  }
  const copy = new Uint8Array(slab.buffer, used, length);
  // A loop is fast only for a few bytes, and a view of the source to copy from only for more.
  if (length < VIEWED_BYTES_MIN) for (let i = 0; i < length; i++) copy[i] = bytes[from + i]!;
  else copy.set(new Uint8Array(bytes.buffer, bytes.byteOffset + from, length));
  used += length;
  return copy;
}

const ZERO = 0n;
/** Nearly all rows have no flags: one zero for all of them, instead of an object each. */
export const sharedFlags = (flags: bigint): bigint => (flags === ZERO ? ZERO : flags);
