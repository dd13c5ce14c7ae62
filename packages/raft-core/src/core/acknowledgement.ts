/** What a leader learns from its followers' answers, and what follows from it. */
import type { AppendAccepted, AppendRejected, HeartbeatResponse, LogIndex, ServerId } from './message';
import type { Progress } from './progress';
import { quorumIndex } from './quorum';
import { confirmReads } from './read-rounds';
import { afterCommit } from './reconfiguration';
import { nudge } from './replication';
import type { RaftState } from './state';
import { maybeAskSuccessor } from './transfer';

export function onAppendAccepted(state: RaftState, { from, matchIndex }: AppendAccepted): void {
  const follower = state.leadership?.progress.get(from);
  if (!follower) return;
  follower.heard();
  if (follower.isForeign) return;
  if (matchIndex > state.log.lastIndex) return reportForeign(state, from, follower, matchIndex);
  if (!follower.accepted(matchIndex)) return;
  maybeCommit(state);
  // It may have been the last to come level with what was committed before.
  if (state.leadership) maybeAskSuccessor(state);
}

export function onAppendRejected(state: RaftState, { from, rejected, hint, recovering }: AppendRejected): void {
  const follower = state.leadership?.progress.get(from);
  if (!follower) return;
  follower.heard();
  const agreement = state.log.lastPossibleAgreement(hint).index;
  if (recovering && agreement < follower.matchIndex) return follower.regress(agreement);
  if (follower.isRegression(rejected, agreement)) return reportRegression(state, from, follower);
  follower.rejected(rejected, agreement);
}

/** Its promises died with its disk, and so may have its vote: it must come back under a new id (R13). */
function reportRegression(state: RaftState, id: ServerId, follower: Progress): void {
  if (follower.hasRegressed) return;
  follower.hasRegressed = true;
  state.facts.push({ kind: 'followerRegressed', id, matchIndex: follower.matchIndex });
}

/**
 * It says it holds more than this leader ever wrote. Nobody who was elected by its group can lack that: the follower comes
 * from another history, such as the time before a quorum was given up for lost. It counts for nothing, and gets a probe now and then, no more.
 */
function reportForeign(state: RaftState, id: ServerId, follower: Progress, commitIndex: LogIndex): void {
  follower.isForeign = true;
  state.facts.push({ kind: 'followerIsForeign', id, commitIndex });
}

export function onHeartbeatResponse(state: RaftState, { from, readToken }: HeartbeatResponse): void {
  const leadership = state.leadership;
  const follower = leadership?.progress.get(from);
  if (!leadership || !follower) return;
  follower.heard();
  follower.resume();
  nudge(state, from, follower);
  confirmReads(state, from, readToken);
}

/** A quorum holds more than before. Only an entry of our own term is counted; it carries the older ones (R3). */
export function maybeCommit(state: RaftState): void {
  const { progress } = state.leadership!;
  const index = quorumIndex(state.configuration, (id) =>
    id === state.id ? state.log.stableIndex : (progress.get(id)?.matchIndex ?? 0),
  );
  if (index <= state.log.commitIndex || !state.log.isOfTerm(index, state.term)) return;
  state.commitTo(index);
  afterCommit(state);
  if (state.leadership) maybeAskSuccessor(state);
}
