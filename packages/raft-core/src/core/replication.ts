/** How a leader brings its log to the others. */
import { hasCommittedInTerm } from './leadership';
import { usesLeases } from './lease';
import type { Entry, ServerId } from './message';
import type { Progress } from './progress';
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

/**
 * A follower that lives but lags may have lost an append. An empty one behind everything that was sent finds out: it is
 * rejected if something is missing (R16).
 */
export function nudge(state: RaftState, id: ServerId, follower: Progress): void {
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
