import { assert } from '@tribune/platform';
import { Leadership } from './leadership';
import { membersOf } from './membership';
import type { Entry, EntryKind } from './message';
import { Progress } from './progress';
import { hasQuorum } from './quorum';
import { broadcastHeartbeat } from './replication';
import type { RaftState } from './state';
import { tickTransfer } from './transfer';

/** How long a removed server still receives the log, in election timeouts: enough to learn that it was removed. */
const DEPARTURE_ELECTION_TIMEOUTS = 2;

export function becomeLeader(state: RaftState): void {
  assert(state.role === 'candidate', 'only a candidate is elected');
  state.candidacy = undefined;
  state.leadership = new Leadership(state.log.lastIndex + 1, state.nextReadToken);
  syncProgress(state);
  state.setRole('leader');
  state.setLeader(state.id);
  // Entries of earlier terms are committed only through one of our own (R3, figure 8).
  appendOwn(state, 'noop', new Uint8Array(0));
  broadcastHeartbeat(state);
}

export function appendOwn(state: RaftState, kind: EntryKind, data: Uint8Array): Entry {
  const entry = { index: state.log.lastIndex + 1, term: state.term, kind, data };
  state.append(entry);
  if (kind === 'configuration') {
    syncProgress(state);
    // A quorum of other voters has not promised anything yet.
    state.leadership!.leaseFromMs = undefined;
  }
  return entry;
}

/** Follows the members of the configuration in force; those who left hear of it for a while. */
export function syncProgress(state: RaftState): void {
  const { progress } = state.leadership!;
  const members = new Set(membersOf(state.configuration).map((server) => server.id));
  for (const id of members) {
    if (id === state.id) continue;
    const known = progress.get(id);
    if (known) known.departingTicks = undefined;
    else progress.set(id, newProgress(state));
  }
  for (const [id, follower] of progress) {
    if (!members.has(id)) follower.departingTicks ??= DEPARTURE_ELECTION_TIMEOUTS * state.config.electionTicks;
  }
}

export function tickLeader(state: RaftState): void {
  const leadership = state.leadership!;
  for (const [id, follower] of leadership.progress) {
    follower.silentTicks++;
    if (follower.departingTicks !== undefined && --follower.departingTicks <= 0) leadership.progress.delete(id);
  }
  if (++leadership.quorumElapsed >= state.electionTicks && !keepsQuorum(state)) return;
  tickTransfer(state);
  if (++leadership.heartbeatElapsed >= state.config.heartbeatTicks) broadcastHeartbeat(state);
}

/** R5: a leader that a quorum does not answer makes room; it could commit nothing anyway. */
function keepsQuorum(state: RaftState): boolean {
  const leadership = state.leadership!;
  leadership.quorumElapsed = 0;
  const isHeard = hasQuorum(
    state.configuration,
    (id) => id === state.id || leadership.progress.get(id)?.recentlyActive === true,
  );
  for (const follower of leadership.progress.values()) follower.recentlyActive = false;
  if (!isHeard) state.becomeFollower(state.term, undefined, 'no quorum answered within an election timeout');
  return isHeard;
}

function newProgress(state: RaftState): Progress {
  const follower = new Progress(state.log.lastIndex + 1, state.config.inflightAppendsMax);
  // A new leader gives everyone one election timeout to answer.
  follower.recentlyActive = true;
  return follower;
}
