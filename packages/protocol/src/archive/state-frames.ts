import { crc32 } from 'node:zlib';
import { ArchiveError } from './archive-error';
import { ByteReader } from './byte-reader';

/**
 * `state.bin`: "TRST", a version byte, then per chunk its length and CRC-32 (u32, big-endian) and its bytes; a length of
 * 0 ends it. What a chunk holds is state-store's own encoding, with a version byte of its own.
 */
const MAGIC = Buffer.from('TRST\x01', 'latin1');
/** Far above any chunk: one row of the largest value. */
const CHUNK_BYTES_MAX = 64 << 20;

export async function* framed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield MAGIC;
  for await (const chunk of chunks) {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(chunk.byteLength, 0);
    head.writeUInt32BE(crc32(chunk), 4);
    yield head;
    yield chunk;
  }
  yield Buffer.alloc(4);
}

export async function* unframed(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(bytes);
  const magic = await reader.take(MAGIC.length);
  if (!magic.subarray(0, 4).equals(MAGIC.subarray(0, 4)))
    throw new ArchiveError('its state.bin was not written by Tribune');
  if (!magic.equals(MAGIC)) throw new ArchiveError(`its state.bin has version ${magic[4]}, which is not known here`);
  for (;;) {
    const length = (await reader.take(4)).readUInt32BE();
    if (length === 0) break;
    if (length > CHUNK_BYTES_MAX) throw new ArchiveError(`a chunk of ${length} bytes cannot be`);
    const sum = (await reader.take(4)).readUInt32BE();
    const chunk = await reader.take(length);
    if (crc32(chunk) !== sum) throw new ArchiveError('a chunk is not what was written');
    yield chunk;
  }
  for await (const extra of reader.rest()) throw new ArchiveError(`${extra.length} bytes follow the last chunk`);
}
