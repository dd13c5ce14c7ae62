/**
 * The one record beside the entries. It is rewritten in every batch, so it always says what the newest durable batch
 * left behind: term and vote, where the log begins, and how far it reaches. That last number is the floor (S3): an entry
 * at or below it that is missing was lost, not torn.
 */
import { crc32 } from 'node:zlib';
import type { HardState, LogIndex, LogPosition, ServerId } from '../core/message';
import type { Link } from './log-record';
import { StorageError } from './storage-error';

/** 1: one entry per value in LevelDB; 2: runs of them (`entry-run.ts`). The head itself is the same in both. */
const VERSION = 2;
const VERSIONS_READ = [1, 2];

export interface LogHead {
  /** Whose promises these are (R13). */
  readonly serverId: ServerId;
  /** Counts batches, so that of two heads the newer one is known. */
  readonly sequence: number;
  readonly hardState: HardState;
  readonly base: LogPosition;
  /** Link of the entry at `base`: what the first kept entry was written after. */
  readonly baseLink: Link;
  /** Last index that is durable once this head is. */
  readonly floor: LogIndex;
  /** Entries up to here must come back from a leader before this server votes; 0 when the log is whole. */
  readonly distrustedUpTo: LogIndex;
}

/** Version byte, checksum, JSON: one small record per batch, kept readable for the day it must be read by eye. */
export function encodeHead(head: LogHead): Buffer {
  const { serverId, sequence, hardState, base, baseLink, floor, distrustedUpTo } = head;
  const json = Buffer.from(
    JSON.stringify({
      serverId,
      sequence,
      term: hardState.term,
      vote: hardState.votedFor,
      base,
      baseLink,
      floor,
      distrustedUpTo,
    }),
  );
  const bytes = Buffer.allocUnsafe(5 + json.byteLength);
  bytes[0] = VERSION;
  bytes.writeUInt32BE(crc32(json), 1);
  bytes.set(json, 5);
  return bytes;
}

export function decodeHead(bytes: Buffer): LogHead {
  const json = bytes.subarray(5);
  if (bytes.byteLength < 5 || crc32(json) !== bytes.readUInt32BE(1)) {
    const detail = { code: 'RAFT_RECORD_CORRUPT', key: 'head', reason: 'its checksum does not match' } as const;
    throw new StorageError(detail, 'the head of the log is damaged');
  }
  if (!VERSIONS_READ.includes(bytes[0]!)) {
    throw new StorageError(
      { code: 'RAFT_FORMAT_UNKNOWN', version: bytes[0]! },
      `log head has unknown version ${bytes[0]}`,
    );
  }
  const { serverId, sequence, term, vote, base, baseLink, floor, distrustedUpTo } = JSON.parse(json.toString()) as {
    serverId: string;
    sequence: number;
    term: number;
    vote?: string;
    base: LogPosition;
    baseLink: Link;
    floor: number;
    distrustedUpTo: number;
  };
  return { serverId, sequence, hardState: { term, votedFor: vote }, base, baseLink, floor, distrustedUpTo };
}
