import { randomUUID } from 'node:crypto';
import type { Clock, Logger } from '@tribune/platform';
import {
  ArchiveError,
  framed,
  readArchive,
  writeArchive,
  type ArchiveMeta,
  type RaftConfigurationInfo,
  type StateApi,
} from '@tribune/protocol';
import { decodeDeltas, EncodingError, type View } from '@tribune/state-store';
import type { Fence } from '../answers/fence';
import { HttpError, noClusterLeader, serverError } from '../http/http-error';
import { RestoreSession } from './restore-session';
import { Spool } from './spool';
import { stateCut } from './state-cut';

/** A snapshot that is ready to be sent. */
export interface SavedState {
  readonly index: number;
  /** Whole before the first byte leaves: what fails, fails before. Frees what it holds at its end. */
  readonly file: AsyncIterable<Uint8Array>;
}

export interface SnapshotCollaborators {
  readonly state: StateApi;
  readonly view: View;
  readonly fence: Fence;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Uploads above this are refused with 413: far more than servers can hold in memory. */
const UPLOAD_BYTES_MAX = 16 * 2 ** 30;

/** Backups of the whole state, as files, and the way back. */
export class SnapshotService {
  private restoring = false;

  constructor(private readonly collaborators: SnapshotCollaborators) {}

  /** With `isStale`, what some server has, also when there is no leader; else everything that was acknowledged before. */
  async save(isStale: boolean, signal: AbortSignal): Promise<SavedState> {
    const { state, view, fence, clock } = this.collaborators;
    if (!isStale) await fence.pass();
    const spool = await Spool.create();
    try {
      let index = 0;
      const chunks = async function* (): AsyncGenerator<Uint8Array> {
        for await (const chunk of stateCut(state, isStale ? 0 : view.revision, signal)) {
          index = chunk.revision;
          yield chunk.rows;
        }
      };
      for await (const bytes of framed(chunks())) await spool.append(bytes);
      const [{ term }, configuration] = await Promise.all([state.status(), state.raftConfiguration()]);
      if (isStale && index === 0) throw noClusterLeader();
      const meta = metaOf({ index, term, size: spool.size, wallMs: clock.wallMs() }, configuration);
      const content = { size: spool.size, sha256: spool.digest(), bytes: spool.read() };
      return { index, file: thenClose(writeArchive(meta, content, Math.floor(clock.wallMs() / 1000)), spool) };
    } catch (error) {
      await spool.close();
      throw error;
    }
  }

  /**
   * Replaces the state of the datacenter by that of a file. The file is here and checked to its last byte before the
   * servers hear of it; then its rows travel over the log and take the place of the old ones at one revision, on every
   * server and for every reader.
   */
  async restore(upload: AsyncIterable<Uint8Array>): Promise<void> {
    if (this.restoring) throw new HttpError(503, 'another snapshot is being restored', { retryAfterS: 5 });
    this.restoring = true;
    const spool = await Spool.create();
    try {
      await receive(upload, spool);
      const meta = await checked(spool);
      await this.replace(spool, meta);
    } finally {
      this.restoring = false;
      await spool.close();
    }
  }

  private async replace(spool: Spool, meta: ArchiveMeta): Promise<void> {
    const { state, view, clock, logger } = this.collaborators;
    const session = new RestoreSession(randomUUID(), state, view, clock);
    logger.warn('restoring a snapshot', { snapshot: meta.ID, index: meta.Index });
    try {
      await session.begin();
      await readArchive(spool.read(), (rows) => session.add(rows));
    } catch (error) {
      await session.abort();
      throw error;
    }
    const revision = await session.commit();
    logger.warn('restored a snapshot', { snapshot: meta.ID, revision });
    await view.atLeast(revision);
  }
}

async function receive(upload: AsyncIterable<Uint8Array>, spool: Spool): Promise<void> {
  try {
    for await (const piece of upload) {
      if (spool.size + piece.length > UPLOAD_BYTES_MAX)
        throw new HttpError(413, `the snapshot has more than ${UPLOAD_BYTES_MAX} bytes`);
      await spool.append(piece);
    }
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(400, 'the snapshot did not arrive whole', { cause: error });
  }
}

/** Reads the file from end to end, decodes every row, and touches nothing. */
async function checked(spool: Spool): Promise<ArchiveMeta> {
  try {
    return await readArchive(spool.read(), (rows) => void decodeDeltas(rows));
  } catch (error) {
    if (error instanceof ArchiveError || error instanceof EncodingError) throw serverError(error.message);
    throw error;
  }
}

function metaOf(
  { index, term, size, wallMs }: { index: number; term: number; size: number; wallMs: number },
  configuration: RaftConfigurationInfo,
): ArchiveMeta {
  const servers = configuration.servers.map(({ id, address, voter }) => ({
    Suffrage: voter ? 0 : 1,
    ID: id,
    Address: address,
  }));
  return {
    Version: 1,
    ID: `${term}-${index}-${wallMs}`,
    Index: index,
    Term: term,
    Peers: '',
    Configuration: { Servers: servers },
    ConfigurationIndex: configuration.index,
    Size: size,
  };
}

async function* thenClose(file: AsyncIterable<Uint8Array>, spool: Spool): AsyncGenerator<Uint8Array> {
  try {
    yield* file;
  } finally {
    await spool.close();
  }
}
