import { CodedError } from '@tribune/platform';

export class StorageError extends CodedError<
  /** A record does not carry what it says: wrong checksum, index, length or predecessor. */
  | { code: 'RAFT_RECORD_CORRUPT'; key: string; reason: string }
  /** Term and vote are unreadable, so this server cannot know what it promised. */
  | { code: 'RAFT_LOG_UNUSABLE'; directory: string }
  /** The data was written by a later version. */
  | { code: 'RAFT_FORMAT_UNKNOWN'; version: number }
  /** The folder belongs to another server. */
  | { code: 'RAFT_IDENTITY_MISMATCH'; expected: string; found: string }
  /** A write failed; nothing that follows can be trusted (S4). */
  | { code: 'RAFT_STORAGE_POISONED' }
  /** Acknowledged entries are gone, and there is no other server that could have them. */
  | { code: 'RAFT_LOG_LOST'; lastTrusted: number; lost: number }
  | { code: 'RAFT_SNAPSHOT_CORRUPT'; file: string; reason: string }
> {}

/** Written by a later version: not damaged, and nothing may be done about it here. */
export const isFromTheFuture = (error: unknown): boolean =>
  error instanceof StorageError && error.code === 'RAFT_FORMAT_UNKNOWN';
