/**
 * How one entry lies on disk. Big-endian.
 *
 *   0  version u8 = 1
 *   1  kind u8            0 command, 1 noop, 2 configuration
 *   2  reserved u16 = 0
 *   4  index u64
 *  12  term u64
 *  20  data length u32
 *  24  link u32          checksum of the predecessor
 *  28  checksum u32      crc32 over bytes 0–27 and the data
 *  32  data
 *
 * As each checksum covers the link before it, the links form a chain: a record can only follow the one it was written
 * after, and a lost, stale or moved record breaks it. CRC-32 as zlib computes it in native code, 4 GiB/s; CRC-32C in
 * JavaScript makes 0.2 and would hold the event loop for 20 ms per batch (measured).
 */
import { crc32 } from 'node:zlib';
import type { Entry, EntryKind } from '../core/message';
import { StorageError } from './storage-error';

export const RECORD_VERSION = 1;
const HEADER_BYTES = 32;
const CHECKSUM_OFFSET = 28;
const LINK_OFFSET = 24;
/** Records above this size are rare and have memory of their own. */
const DESK_BYTES_MAX = 64 * 1024;
const KINDS: readonly EntryKind[] = ['command', 'noop', 'configuration'];

/** Ties a record to its predecessor; `noLink` begins a chain. */
export type Link = number;
export const noLink: Link = 0;

export interface LinkedRecord {
  readonly bytes: Buffer;
  readonly link: Link;
}

/** What the checksum covers beside the data. */
const covered = Buffer.alloc(CHECKSUM_OFFSET);
const fields = new DataView(covered.buffer, covered.byteOffset);
/** Where records are put together, one after another: memory of its own for each, and a view of it, cost more than the rest. */
let desk = Buffer.allocUnsafeSlow(4 * 1024);
let record = desk;

/** The bytes are overwritten by the next record: for who copies them at once. */
export function encodeRecord({ index, term, kind, data }: Entry, previous: Link): LinkedRecord {
  fields.setUint8(0, RECORD_VERSION);
  fields.setUint8(1, KINDS.indexOf(kind));
  fields.setUint32(4, index / 2 ** 32);
  fields.setUint32(8, index);
  fields.setUint32(12, term / 2 ** 32);
  fields.setUint32(16, term);
  fields.setUint32(20, data.byteLength);
  fields.setUint32(LINK_OFFSET, previous);
  const link = crc32(data, crc32(covered));
  const bytes = recordOf(HEADER_BYTES + data.byteLength);
  bytes.set(covered, 0);
  bytes.writeUInt32BE(link, CHECKSUM_OFFSET);
  bytes.set(data, HEADER_BYTES);
  return { bytes, link };
}

function recordOf(length: number): Buffer {
  if (length === record.byteLength) return record;
  if (length > DESK_BYTES_MAX) return Buffer.allocUnsafeSlow(length);
  if (length > desk.byteLength) desk = Buffer.allocUnsafeSlow(DESK_BYTES_MAX);
  return (record = desk.subarray(0, length));
}

/** Checks everything the record says about itself; `previous` undefined when the predecessor is not at hand. */
export function decodeRecord(
  bytes: Buffer,
  expected: { readonly index: number; readonly previous?: Link },
): { readonly entry: Entry; readonly link: Link } {
  const fail = (reason: string): never => {
    const detail = { code: 'RAFT_RECORD_CORRUPT', key: `entry ${expected.index}`, reason } as const;
    throw new StorageError(detail, `log entry ${expected.index} is damaged: ${reason}`);
  };
  if (bytes.byteLength < HEADER_BYTES) fail('it is shorter than its header');
  const link = bytes.readUInt32BE(CHECKSUM_OFFSET);
  if (checksum(bytes) !== link) fail('its checksum does not match');
  if (bytes[0] !== RECORD_VERSION) {
    throw new StorageError(
      { code: 'RAFT_FORMAT_UNKNOWN', version: bytes[0]! },
      `log entry has unknown version ${bytes[0]}`,
    );
  }
  const kind = KINDS[bytes[1]!] ?? fail(`its kind ${bytes[1]} is unknown`);
  const index = readSafeInteger(bytes, 4);
  if (index !== expected.index) fail(`it says it is entry ${index}`);
  if (bytes.readUInt32BE(20) !== bytes.byteLength - HEADER_BYTES) fail('its length does not match');
  if (expected.previous !== undefined && expected.previous !== bytes.readUInt32BE(LINK_OFFSET)) {
    fail('it was written after another predecessor');
  }
  // LevelDB gives every value its own memory, so the entry may keep it.
  const entry = { index, term: readSafeInteger(bytes, 12), kind, data: bytes.subarray(HEADER_BYTES) };
  return { entry, link };
}

function checksum(bytes: Buffer): number {
  return crc32(bytes.subarray(HEADER_BYTES), crc32(bytes.subarray(0, CHECKSUM_OFFSET)));
}

export function writeSafeInteger(bytes: Buffer, value: number, offset: number): void {
  bytes.writeUInt32BE(Math.floor(value / 2 ** 32), offset);
  bytes.writeUInt32BE(value >>> 0, offset + 4);
}

export function readSafeInteger(bytes: Buffer, offset: number): number {
  return bytes.readUInt32BE(offset) * 2 ** 32 + bytes.readUInt32BE(offset + 4);
}
