import type { Logger } from '@tribune/platform';
import { StateMachine } from '@tribune/state-store';
import { recover } from '../node/recovery';
import type { LogStore } from '../storage/log-store';
import type { SnapshotStore } from '../storage/snapshot-store';
import { PeersFile, RecoveryError } from './peers-file';

export interface RecoveryParts {
  readonly id: string;
  /** Where `peers.json` is looked for. */
  readonly dataDir: string;
  readonly logStore: LogStore;
  readonly snapshotStore: SnapshotStore;
  readonly logger: Logger;
}

/** Entries read at once, in bytes. */
const PAGE_BYTES = 4 << 20;
/**
 * More than the lost majority can have been ahead. Were their indexes given a second time, a front end that saw one of
 * theirs would take its rows for those of the new history, and a check-and-set on one of theirs could hit another write.
 */
const INDEXES_LEFT_OUT = 1_000_000_000;
/**
 * More than leaders of one term leave uncommitted. A survivor whose last entries were never committed may have more of
 * them than another has of a later term; it must come out behind that one, or it would keep them.
 */
const INDEXES_PER_TERM = 1_000_000;

/**
 * Quorum is lost for good and an operator says in `peers.json` who is left. What is on this disk becomes a snapshot that
 * carries the given configuration, at the same term and an index further on. Whose log is the more up to date (Raft
 * §5.4.1) also gets the higher index: it leads, and the other survivors take its snapshot for theirs. The file is deleted
 * once all is durable. To be called before the node starts; does nothing without the file.
 */
export async function recoverQuorum(parts: RecoveryParts): Promise<void> {
  const file = await PeersFile.read(parts.dataDir);
  if (!file) return;
  const { configuration } = file;
  parts.logger.warn('recovering a lost quorum: the configuration becomes that of peers.json', { configuration });
  await replaceConfiguration(file, parts);
  await file.remove();
  parts.logger.warn('recovered; peers.json is deleted');
}

async function replaceConfiguration(file: PeersFile, parts: RecoveryParts): Promise<void> {
  const { logStore, snapshotStore } = parts;
  try {
    const { machine, term, lastIndex } = await allOf(parts);
    const index = file.endsAt ?? lastIndex + INDEXES_LEFT_OUT + term * INDEXES_PER_TERM;
    // It ended before, and the group has gone on since.
    if (lastIndex > index) return;
    if (file.endsAt === undefined) await file.begin(index);
    machine.skipTo(index);
    await snapshotStore.save({ index, term, configuration: file.configuration }, machine.snapshot().chunks());
    await logStore.append({ entries: [], reset: { index, term } });
  } finally {
    await logStore.close();
  }
}

/** Everything that is on this disk, committed or not. */
async function allOf({ id, logStore, snapshotStore, logger }: RecoveryParts) {
  const machine = new StateMachine();
  const state = await recover(id, { logStore, snapshotStore, stateMachine: restorable(machine), logger });
  const { lastIndex, distrustedUpTo, snapshot, base } = state;
  if (lastIndex === 0) throw new RecoveryError('there is nothing to recover: this server has neither log nor snapshot');
  if (distrustedUpTo !== undefined)
    throw new RecoveryError('the log of this server lost entries: recover from another server, or from a backup');
  let term = snapshot?.term ?? base.term;
  for (let from = (snapshot?.index ?? 0) + 1; from <= lastIndex;) {
    const entries = await logStore.read(from, lastIndex, PAGE_BYTES);
    for (const entry of entries) {
      if (entry.kind === 'command') machine.apply(entry.index, entry.data);
      term = entry.term;
    }
    from = entries.at(-1)!.index + 1;
  }
  return { machine, term, lastIndex };
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
