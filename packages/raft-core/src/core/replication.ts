/** How a leader brings its log to the others, and learns how far they are. */
import { afterCommit } from './reconfiguration';
import { hasCommittedInTerm, maybeAskSuccessor } from './leader';
import { renewLease, usesLeases } from './lease';
import type { AppendAccepted, AppendRejected, Entry, HeartbeatResponse, LogIndex, ServerId } from './message';
import type { Progress } from './progress';
import { hasQuorum, quorumIndex } from './quorum';
import type { RaftState } from './state';

/** Sends everyone what it can take now. Called once per turn, so that all that was proposed in it travels together. */
export function replicate(state: RaftState): void {
  for (const [id, follower] of state.leadership!.progress) {
    while (sendAppend(state, id, follower)) continue;
  }
}

/** Sends one append if that is useful and allowed; true when another one may follow at once. */
function sendAppend(state: RaftState, id: ServerId, follower: Progress): boolean {
  const { log } = state;
  if (follower.isPaused || follower.loading) return false;
  const isProbe = follower.state === 'probe';
  const announces = isProbe || follower.sentCommitIndex < Math.min(log.commitIndex, follower.nextIndex - 1);
  const hasMore = follower.nextIndex <= log.lastIndex && !follower.windowIsFull;
  if (!announces && !hasMore) return false;
  const previousTerm = log.termAt(follower.nextIndex - 1);
  if (previousTerm === undefined) {
    requestSnapshot(state, id, follower);
    return false;
  }
  const entries = hasMore ? log.slice(follower.nextIndex, log.lastIndex, state.config.appendBytesMax) : [];
  if (entries === undefined && !isProbe) {
    requestLoad(state, id, follower);
    return false;
  }
  send(state, id, follower, entries ?? []);
  return !isProbe && follower.nextIndex <= log.lastIndex && !follower.windowIsFull;
}

function send(state: RaftState, to: ServerId, follower: Progress, entries: readonly Entry[]): void {
  const index = follower.nextIndex - 1;
  const previous = { index, term: state.log.termAt(index)! };
  const { commitIndex } = state.log;
  state.send({ type: 'append', to, previous, entries, commitIndex });
  follower.sent(entries.length, Math.min(commitIndex, index + entries.length));
}

function requestLoad(state: RaftState, id: ServerId, follower: Progress): void {
  follower.loading = true;
  const { nextIndex: from } = follower;
  state.loads.push({ follower: id, from, to: state.log.lastIndex, bytesMax: state.config.appendBytesMax });
}

function requestSnapshot(state: RaftState, id: ServerId, follower: Progress): void {
  // A server that does not answer would only cost us the reading of a file.
  if (follower.silentTicks > state.config.electionTicks) return;
  follower.becomeSnapshot(state.log.base.index);
  state.sendSnapshots.push(id);
}

/** The shell read what memory did not hold. It may have come too late to be of use. */
export function onLoaded(state: RaftState, id: ServerId, entries: readonly Entry[]): void {
  const follower = state.leadership?.progress.get(id);
  if (!follower) return;
  follower.loading = false;
  const isUseful = entries[0]?.index === follower.nextIndex;
  if (!isUseful || follower.state !== 'replicate' || follower.windowIsFull) return;
  if (state.log.termAt(follower.nextIndex - 1) === undefined) return;
  send(state, id, follower, entries);
}

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

/**
 * A follower that lives but lags may have lost an append. An empty one behind everything that was sent finds out: it is
 * rejected if something is missing (R16).
 */
function nudge(state: RaftState, id: ServerId, follower: Progress): void {
  const isLagging = follower.matchIndex < follower.nextIndex - 1;
  if (follower.state !== 'replicate' || !isLagging || follower.loading) return;
  if (state.log.termAt(follower.nextIndex - 1) === undefined) requestSnapshot(state, id, follower);
  else send(state, id, follower, []);
}

export function broadcastHeartbeat(state: RaftState): void {
  const { progress, reads } = state.leadership!;
  state.leadership!.heartbeatElapsed = 0;
  if (usesLeases(state) && hasCommittedInTerm(state)) reads.beginRound(state.log.commitIndex, state.nowMs);
  for (const [to, follower] of progress) {
    const commitIndex = Math.min(follower.matchIndex, state.log.commitIndex);
    state.send({ type: 'heartbeat', to, commitIndex, readToken: reads.token });
  }
}

/** Starts a round for the reads that wait, if none is under way and our commit index can be relied on (R7a). */
export function beginReads(state: RaftState): void {
  if (!hasCommittedInTerm(state)) return;
  const { reads } = state.leadership!;
  if (!reads.begin(state.log.commitIndex, state.nowMs)) return;
  broadcastHeartbeat(state);
  confirmReads(state, state.id, reads.token);
}

function confirmReads(state: RaftState, from: ServerId, token: number): void {
  const confirmed = state.leadership!.reads.confirm(from, token, (confirmedBy) =>
    hasQuorum(state.configuration, (id) => id === state.id || confirmedBy.has(id)),
  );
  if (!confirmed) return;
  renewLease(state, confirmed.beganMs);
  if (confirmed.reads.length > 0) {
    state.facts.push({ kind: 'readsConfirmed', reads: confirmed.reads, index: confirmed.index });
  }
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
