/**
 * CRC-32C (Castagnoli, reflected polynomial 0x82f63b78), eight bytes per step: what LevelDB puts behind its blocks. About
 * 200 MiB/s, so only for the check of its tables; our own formats use zlib's native CRC-32.
 */
const POLYNOMIAL = 0x82f63b78;
const TABLES = makeTables();

/** `seed` is the result of the preceding bytes, so a checksum can be carried from chunk to chunk. */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES as [T, T, T, T, T, T, T, T];
  const length = bytes.length;
  let crc = ~seed;
  let i = 0;
  for (; i + 8 <= length; i += 8) {
    const low = crc ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24));
    crc =
      t7[low & 255]! ^
      t6[(low >>> 8) & 255]! ^
      t5[(low >>> 16) & 255]! ^
      t4[low >>> 24]! ^
      t3[bytes[i + 4]!]! ^
      t2[bytes[i + 5]!]! ^
      t1[bytes[i + 6]!]! ^
      t0[bytes[i + 7]!]!;
  }
  for (; i < length; i++) crc = t0[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

type T = Int32Array;

function makeTables(): T[] {
  const first = new Int32Array(256);
  for (let n = 0; n < 256; n++) {
    let crc = n;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    first[n] = crc;
  }
  const tables = [first];
  for (let k = 1; k < 8; k++) {
    const before = tables[k - 1]!;
    tables.push(Int32Array.from({ length: 256 }, (_, n) => first[before[n]! & 255]! ^ (before[n]! >>> 8)));
  }
  return tables;
}
