/** What is written: key and value together are 128 bytes, over and over on a bounded set of keys. */
export const COMMAND_BYTES = 128;
const KEYS = 10_000;
const KEY_BYTES = 16;
const VALUE_BYTES = COMMAND_BYTES - KEY_BYTES;

export interface Write {
  readonly key: string;
  readonly value: Uint8Array;
}

const KEY_TEXTS = Array.from(
  { length: KEYS },
  (_, n) => `bench/${String(n).padStart(KEY_BYTES - 'bench/'.length, '0')}`,
);
const TEMPLATE = Buffer.alloc(VALUE_BYTES, 'v');

/**
 * The `n`th write, with bytes of its own that were never written before: an equal value under the same key would change
 * nothing, and a buffer used twice would save its owner the encoding.
 */
export function writeOf(n: number): Write {
  const value = Buffer.allocUnsafe(VALUE_BYTES);
  value.set(TEMPLATE);
  value.writeUInt32BE(n >>> 0, 0);
  return { key: KEY_TEXTS[n % KEYS]!, value };
}

/** The same as one piece of bytes, for who takes no keys. */
export function bytesOf(n: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(COMMAND_BYTES);
  bytes.set(TEMPLATE, KEY_BYTES);
  bytes.write(KEY_TEXTS[n % KEYS]!, 'latin1');
  bytes.writeUInt32BE(n >>> 0, KEY_BYTES);
  return bytes;
}
