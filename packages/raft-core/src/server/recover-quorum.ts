import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError, messageOf, type Logger } from '@tribune/platform';
import { StateMachine } from '@tribune/state-store';
import type { Configuration, Server } from '../core/message';
import { recover } from '../node/recovery';
import type { LogStore } from '../storage/log-store';
import type { SnapshotStore } from '../storage/snapshot-store';

export class RecoveryError extends CodedError<{ readonly code: 'RAFT_RECOVERY_REFUSED' }> {
  constructor(message: string, cause?: unknown) {
    super({ code: 'RAFT_RECOVERY_REFUSED' }, message, { cause });
  }
}

export interface RecoveryParts {
  readonly id: string;
  /** Where `peers.json` is looked for. */
  readonly dataDir: string;
  readonly logStore: LogStore;
  readonly snapshotStore: SnapshotStore;
  readonly logger: Logger;
}

const PEERS_FILE = 'peers.json';
/** Entries read at once, in bytes. */
const PAGE_BYTES = 4 << 20;

/**
 * Quorum is lost for good and an operator says in `peers.json` who is left (the format is Consul's). What is on this
 * disk becomes a snapshot that carries the given configuration, at the same index and term, so that among several
 * survivors the one with the longest log still leads. The file is deleted once that is durable. To be called before the
 * node starts; does nothing without the file.
 */
export async function recoverQuorum(parts: RecoveryParts): Promise<void> {
  const path = join(parts.dataDir, PEERS_FILE);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return;
  const configuration = configurationOf(text);
  parts.logger.warn('recovering a lost quorum: the configuration becomes that of peers.json', { configuration });
  await replaceConfiguration(configuration, parts);
  await rm(path);
  parts.logger.warn('recovered; peers.json is deleted');
}

async function replaceConfiguration(configuration: Configuration, parts: RecoveryParts): Promise<void> {
  const { id, logStore, snapshotStore, logger } = parts;
  const machine = new StateMachine();
  try {
    const state = await recover(id, { logStore, snapshotStore, stateMachine: restorable(machine), logger });
    const { lastIndex: index, distrustedUpTo, snapshot, base } = state;
    if (index === 0) throw new RecoveryError('there is nothing to recover: this server has neither log nor snapshot');
    if (distrustedUpTo !== undefined)
      throw new RecoveryError('the log of this server lost entries: recover from another server, or from a backup');
    let term = snapshot?.term ?? base.term;
    for (let from = (snapshot?.index ?? 0) + 1; from <= index;) {
      const entries = await logStore.read(from, index, PAGE_BYTES);
      for (const entry of entries) {
        if (entry.kind === 'command') machine.apply(entry.index, entry.data);
        term = entry.term;
      }
      from = entries.at(-1)!.index + 1;
    }
    machine.skipTo(index);
    await snapshotStore.save({ index, term, configuration }, machine.snapshot().chunks());
    await logStore.append({ entries: [], reset: { index, term } });
  } finally {
    await logStore.close();
  }
}

function restorable(machine: StateMachine) {
  return {
    apply: () => undefined,
    snapshot: () => ({ index: machine.revision, chunks: machine.snapshot().chunks() }),
    async restore(chunks: AsyncIterable<Uint8Array>, index: number): Promise<void> {
      const builder = machine.restore(index);
      for await (const chunk of chunks) builder.push(chunk);
      builder.finish();
    },
  };
}

/** `[{"id": "…", "address": "10.0.0.1:8300", "non_voter": false}]` */
function configurationOf(text: string): Configuration {
  const problem = (what: string, cause?: unknown): RecoveryError => new RecoveryError(`${PEERS_FILE}: ${what}`, cause);
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw problem(`is not JSON: ${messageOf(error)}`, error);
  }
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
