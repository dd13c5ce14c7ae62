/**
 * A snapshot file: a header, framed chunks, a trailer. Big-endian.
 *
 *   header   "TRSN" · version u8 = 1 · length u32 · crc32 u32 · JSON of the meta
 *   chunk    length u32 (> 0) · crc32 u32 · data            … any number
 *   trailer  0 u32 · chunk count u32 · bytes u64 · SHA-256 over all data
 *
 * Each chunk is checked before it is used, and the whole before the file counts as a snapshot.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { SnapshotMeta } from '../core/message';
import { readSafeInteger, writeSafeInteger } from './log-record';
import { StorageError } from './storage-error';

const MAGIC = Buffer.from('TRSN');
const VERSION = 1;
const PREAMBLE_BYTES = 13;
const FRAME_BYTES = 8;
const TRAILER_BYTES = 48;
/** A frame that claims more is damaged; chunks are cut well below it. */
const CHUNK_BYTES_MAX = 64 * 1024 * 1024;

export interface SnapshotSummary {
  readonly meta: SnapshotMeta;
  readonly bytes: number;
}

/** Turns chunks into the bytes of a file. */
export async function* encodeSnapshot(
  meta: SnapshotMeta,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield encodeHeader(meta);
  const hash = createHash('sha256');
  let count = 0;
  let bytes = 0;
  for await (const chunk of chunks) {
    if (chunk.byteLength === 0) continue;
    hash.update(chunk);
    count++;
    bytes += chunk.byteLength;
    const frame = Buffer.allocUnsafe(FRAME_BYTES);
    frame.writeUInt32BE(chunk.byteLength, 0);
    frame.writeUInt32BE(crc32(chunk), 4);
    yield frame;
    yield chunk;
  }
  const trailer = Buffer.alloc(TRAILER_BYTES);
  trailer.writeUInt32BE(count, 4);
  writeSafeInteger(trailer, bytes, 8);
  trailer.set(hash.digest(), 16);
  yield trailer;
}

/** Reads a file front to back; `take(n)` yields exactly n bytes, or fewer at the end of the file. */
export type TakeBytes = (count: number) => Promise<Buffer>;

export async function decodeHeader(file: string, take: TakeBytes): Promise<SnapshotMeta> {
  const preamble = await take(PREAMBLE_BYTES);
  if (preamble.byteLength < PREAMBLE_BYTES || !preamble.subarray(0, 4).equals(MAGIC))
    throw corrupt(file, 'it is no snapshot');
  if (preamble[4] !== VERSION) {
    throw new StorageError(
      { code: 'RAFT_FORMAT_UNKNOWN', version: preamble[4]! },
      `${file} has unknown version ${preamble[4]}`,
    );
  }
  const length = preamble.readUInt32BE(5);
  const json = length > CHUNK_BYTES_MAX ? Buffer.alloc(0) : await take(length);
  if (json.byteLength !== length || crc32(json) !== preamble.readUInt32BE(9))
    throw corrupt(file, 'its header is damaged');
  return JSON.parse(json.toString()) as SnapshotMeta;
}

/** Yields checked chunks and, after the last, checks the whole. */
export async function* decodeChunks(file: string, take: TakeBytes): AsyncGenerator<Uint8Array, number> {
  const hash = createHash('sha256');
  let count = 0;
  let bytes = 0;
  for (;;) {
    const frame = await take(FRAME_BYTES);
    if (frame.byteLength < FRAME_BYTES) throw corrupt(file, 'it ends early');
    const length = frame.readUInt32BE(0);
    if (length === 0) {
      const rest = await take(TRAILER_BYTES - FRAME_BYTES);
      const isWhole = rest.byteLength === TRAILER_BYTES - FRAME_BYTES && frame.readUInt32BE(4) === count;
      if (!isWhole || readSafeInteger(rest, 0) !== bytes || !hash.digest().equals(rest.subarray(8))) {
        throw corrupt(file, 'its trailer does not match');
      }
      if ((await take(1)).byteLength > 0) throw corrupt(file, 'something follows its trailer');
      return bytes;
    }
    const data = length > CHUNK_BYTES_MAX ? Buffer.alloc(0) : await take(length);
    if (data.byteLength !== length || crc32(data) !== frame.readUInt32BE(4))
      throw corrupt(file, `chunk ${count} is damaged`);
    hash.update(data);
    count++;
    bytes += length;
    yield data;
  }
}

function encodeHeader(meta: SnapshotMeta): Buffer {
  const json = Buffer.from(JSON.stringify(meta));
  const header = Buffer.alloc(PREAMBLE_BYTES + json.byteLength);
  header.set(MAGIC, 0);
  header[4] = VERSION;
  header.writeUInt32BE(json.byteLength, 5);
  header.writeUInt32BE(crc32(json), 9);
  header.set(json, PREAMBLE_BYTES);
  return header;
}

function corrupt(file: string, reason: string): StorageError {
  return new StorageError({ code: 'RAFT_SNAPSHOT_CORRUPT', file, reason }, `snapshot ${file}: ${reason}`);
}
