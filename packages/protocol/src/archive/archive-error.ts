import { CodedError } from '@tribune/platform';

/** The file is not a snapshot, or not the one that was written. */
export class ArchiveError extends CodedError<{ readonly code: 'SNAPSHOT_ARCHIVE' }> {
  constructor(message: string, cause?: unknown) {
    super({ code: 'SNAPSHOT_ARCHIVE' }, message, { cause });
  }
}
