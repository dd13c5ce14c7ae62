import type { Logger } from '@tribune/platform';
import { emptyState, type PersistentState } from '../core/config';
import type { LogPosition, ServerId, Term } from '../core/message';
import type { LogStore, RestoredLog } from '../storage/log-store';
import type { SnapshotStore, StoredSnapshot } from '../storage/snapshot-store';
import { StorageError } from '../storage/storage-error';
import type { StateMachine } from './state-machine';

export interface RecoveryCollaborators {
  readonly logStore: LogStore;
  readonly snapshotStore: SnapshotStore;
  readonly stateMachine: StateMachine;
  readonly logger: Logger;
}

/** Brings disk, core and state machine to one point: the newest snapshot, and the log that follows it. */
export async function recover(id: ServerId, collaborators: RecoveryCollaborators): Promise<PersistentState> {
  const { logStore, snapshotStore, stateMachine, logger } = collaborators;
  const snapshot = await snapshotStore.open();
  const log = await logStore.open();
  report(log, logger);
  const state = await join(log, snapshot, logStore);
  refuseHopelessStart(id, state, log);
  if (snapshot) await stateMachine.restore(snapshot.chunks(), snapshot.meta.index);
  return state;
}

/** The log must reach back to the snapshot and agree with it; else it begins anew behind the snapshot. */
async function join(
  log: RestoredLog,
  snapshot: StoredSnapshot | undefined,
  logStore: LogStore,
): Promise<PersistentState> {
  const { hardState, termStarts, configurations, distrustedUpTo } = log;
  const meta = snapshot?.meta;
  const start: LogPosition = meta ? { index: meta.index, term: meta.term } : emptyState.base;
  const reachesBack = log.base.index <= start.index;
  if (reachesBack && termAt(log, start.index) === start.term) {
    return {
      hardState,
      base: log.base,
      lastIndex: log.lastIndex,
      termStarts,
      configurations,
      snapshot: meta,
      distrustedUpTo,
    };
  }
  // A crash between the renaming of an installed snapshot and the reset of the log; or, when the log does not reach
  // back, a snapshot that was lost: then entries are missing that this server once acknowledged.
  const lost = Math.max(distrustedUpTo ?? 0, reachesBack ? 0 : log.lastIndex);
  await logStore.append({ entries: [], reset: start, distrustedUpTo: lost });
  const distrusted = lost > start.index ? lost : undefined;
  return { ...emptyState, hardState, base: start, lastIndex: start.index, snapshot: meta, distrustedUpTo: distrusted };
}

function termAt(log: RestoredLog, index: number): Term | undefined {
  if (index === log.base.index) return log.base.term;
  if (index > log.lastIndex) return undefined;
  return log.termStarts.findLast((start) => start.index <= index)?.term;
}

function report({ hasTornTail, distrustedUpTo, lastIndex, damage }: RestoredLog, logger: Logger): void {
  if (hasTornTail) logger.warn('dropped a torn tail of the log that was never acknowledged', { lastIndex });
  if (distrustedUpTo !== undefined) {
    logger.error('the log lost entries; this server will not vote before a leader has brought them back', {
      lastIndex,
      distrustedUpTo,
      damage,
    });
  }
}

/** A server that is its whole group has nobody to heal from: better to stop than to serve a state with holes. */
function refuseHopelessStart(id: ServerId, state: PersistentState, log: RestoredLog): void {
  if (state.distrustedUpTo === undefined) return;
  const configuration = state.configurations.at(-1)?.configuration ?? state.snapshot?.configuration;
  const others = configuration?.voters.filter((server) => server.id !== id) ?? [];
  if (configuration && others.length > 0) return;
  if (!configuration && state.distrustedUpTo > 1) return;
  throw new StorageError(
    { code: 'RAFT_LOG_LOST', lastTrusted: state.lastIndex, lost: state.distrustedUpTo },
    `log entries ${state.lastIndex + 1} to ${state.distrustedUpTo} are lost and there is no other server to fetch them from: ` +
      'restore a backup into an empty data folder',
    { cause: log.damage },
  );
}
