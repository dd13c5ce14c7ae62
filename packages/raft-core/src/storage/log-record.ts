/**
 * How one entry lies on disk. Big-endian.
 *
 *   0  version u8 = 1
 *   1  kind u8            0 command, 1 noop, 2 configuration
 *   2  reserved u16 = 0
 *   4  index u64
 *  12  term u64
 *  20  data length u32
 *  24  link of the predecessor (8 bytes)
 *  32  crc32c u32 over bytes 0–31 and the data
 *  36  data
 *
 * The link of a record is its crc32c followed by a zlib crc32 of the same bytes. As each record's checksum covers the
 * link before it, a record can only follow the one it was written after: a lost, stale or moved record breaks the chain.
 */
import { crc32 } from 'node:zlib';
import type { Entry, EntryKind } from '../core/message';
import { crc32c } from './crc32c';
import { StorageError } from './storage-error';

export const RECORD_VERSION = 1;
const HEADER_BYTES = 36;
const CRC_OFFSET = 32;
const LINK_OFFSET = 24;
const KINDS: readonly EntryKind[] = ['command', 'noop', 'configuration'];

/** Ties a record to its predecessor; `noLink` begins a chain. */
export type Link = Uint8Array;
export const LINK_BYTES = 8;
export const noLink: Link = new Uint8Array(LINK_BYTES);

export interface LinkedRecord {
  readonly bytes: Buffer;
  readonly link: Link;
}

export function encodeRecord(entry: Entry, previous: Link): LinkedRecord {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + entry.data.byteLength);
  bytes[0] = RECORD_VERSION;
  bytes[1] = KINDS.indexOf(entry.kind);
  bytes.writeUInt16BE(0, 2);
  writeSafeInteger(bytes, entry.index, 4);
  writeSafeInteger(bytes, entry.term, 12);
  bytes.writeUInt32BE(entry.data.byteLength, 20);
  bytes.set(previous, LINK_OFFSET);
  bytes.set(entry.data, HEADER_BYTES);
  const crc = checksum(bytes);
  bytes.writeUInt32BE(crc, CRC_OFFSET);
  return { bytes, link: linkOf(bytes, crc) };
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
  const crc = bytes.readUInt32BE(CRC_OFFSET);
  if (checksum(bytes) !== crc) fail('its checksum does not match');
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
  if (expected.previous && !expected.previous.every((byte, i) => byte === bytes[LINK_OFFSET + i])) {
    fail('it was written after another predecessor');
  }
  // LevelDB gives every value its own memory, so the entry may keep it.
  const entry = { index, term: readSafeInteger(bytes, 12), kind, data: bytes.subarray(HEADER_BYTES) };
  return { entry, link: linkOf(bytes, crc) };
}

function checksum(bytes: Buffer): number {
  return crc32c(bytes.subarray(HEADER_BYTES), crc32c(bytes.subarray(0, CRC_OFFSET)));
}

function linkOf(bytes: Buffer, crc: number): Link {
  const link = Buffer.allocUnsafe(LINK_BYTES);
  link.writeUInt32BE(crc, 0);
  link.writeUInt32BE(crc32(bytes), 4);
  return link;
}

export function writeSafeInteger(bytes: Buffer, value: number, offset: number): void {
  bytes.writeUInt32BE(Math.floor(value / 2 ** 32), offset);
  bytes.writeUInt32BE(value >>> 0, offset + 4);
}

export function readSafeInteger(bytes: Buffer, offset: number): number {
  return bytes.readUInt32BE(offset) * 2 ** 32 + bytes.readUInt32BE(offset + 4);
}
