/** Rounds of heartbeats that tell a leader that it still leads, for the reads that wait (R7). */
import { hasCommittedInTerm } from './leadership';
import { renewLease } from './lease';
import type { ServerId } from './message';
import { hasQuorum } from './quorum';
import { broadcastHeartbeat } from './replication';
import type { RaftState } from './state';

/** Starts a round for the reads that wait, if none is under way and our commit index can be relied on (R7a). */
export function beginReads(state: RaftState): void {
  if (!hasCommittedInTerm(state)) return;
  const { reads } = state.leadership!;
  if (!reads.begin(state.log.commitIndex, state.nowMs)) return;
  broadcastHeartbeat(state);
  confirmReads(state, state.id, reads.token);
}

/** `from` answered the round of this token. */
export function confirmReads(state: RaftState, from: ServerId, token: number): void {
  const confirmed = state.leadership!.reads.confirm(from, token, (confirmedBy) =>
    hasQuorum(state.configuration, (id) => id === state.id || confirmedBy.has(id)),
  );
  if (!confirmed) return;
  renewLease(state, confirmed.beganMs);
  if (confirmed.reads.length > 0) {
    state.facts.push({ kind: 'readsConfirmed', reads: confirmed.reads, index: confirmed.index });
  }
}
