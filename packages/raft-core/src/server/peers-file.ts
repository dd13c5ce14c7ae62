import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CodedError, messageOf } from '@tribune/platform';
import type { Configuration, LogIndex, Server } from '../core/message';
import { replaceFile, syncDirectory } from '../storage/durable-file';

export class RecoveryError extends CodedError<{ readonly code: 'RAFT_RECOVERY_REFUSED' }> {
  constructor(message: string, cause?: unknown) {
    super({ code: 'RAFT_RECOVERY_REFUSED' }, message, { cause });
  }
}

const PEERS_FILE = 'peers.json';

/**
 * What an operator asks for, `[{"id": "…", "address": "10.0.0.1:8300", "non_voter": false}]` as Consul has it. Once the
 * recovery has begun the file also says at which index it ends, so that a crash in the middle neither begins it a second
 * time nor, should the file come back after a power cut, undoes what the group did since.
 */
export class PeersFile {
  private constructor(
    private readonly path: string,
    private readonly peers: unknown,
    readonly configuration: Configuration,
    /** Where the recovery that has begun ends. */
    readonly endsAt: LogIndex | undefined,
  ) {}

  /** Undefined when there is none. Throws when it cannot be meant. */
  static async read(directory: string): Promise<PeersFile | undefined> {
    const path = join(directory, PEERS_FILE);
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) return undefined;
    const given = jsonOf(text);
    const { peers, endsAt } = isBegun(given) ? given : { peers: given, endsAt: undefined };
    return new PeersFile(path, peers, configurationOf(peers), endsAt);
  }

  /** Durable when it resolves. */
  begin(endsAt: LogIndex): Promise<void> {
    return replaceFile(this.path, JSON.stringify({ peers: this.peers, endsAt }));
  }

  async remove(): Promise<void> {
    await rm(this.path);
    await syncDirectory(dirname(this.path));
  }
}

const problem = (what: string, cause?: unknown): RecoveryError => new RecoveryError(`${PEERS_FILE}: ${what}`, cause);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw problem(`is not JSON: ${messageOf(error)}`, error);
  }
}

function isBegun(given: unknown): given is { readonly peers: unknown; readonly endsAt: LogIndex } {
  const { peers, endsAt } = (given ?? {}) as { readonly peers?: unknown; readonly endsAt?: unknown };
  return Array.isArray(peers) && Number.isSafeInteger(endsAt);
}

function configurationOf(given: unknown): Configuration {
  if (!Array.isArray(given)) throw problem('must be a list of {"id", "address", "non_voter"}');
  const voters: Server[] = [];
  const learners: Server[] = [];
  for (const [at, peer] of (given as Readonly<Record<string, unknown>>[]).entries()) {
    const { id, address, non_voter: isLearner = false } = peer ?? {};
    if (typeof id !== 'string' || id === '') throw problem(`[${at}].id must be the id of a server`);
    if (typeof address !== 'string' || !/:\d+$/.test(address)) throw problem(`[${at}].address must be host:port`);
    if (typeof isLearner !== 'boolean') throw problem(`[${at}].non_voter must be true or false`);
    (isLearner ? learners : voters).push({ id, address });
  }
  const all = [...voters, ...learners];
  if (voters.length === 0) throw problem('names no voter');
  for (const field of ['id', 'address'] as const)
    if (new Set(all.map((server) => server[field])).size < all.length) throw problem(`gives an ${field} twice`);
  voters.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { voters, outgoing: [], learners };
}
