import { assert } from '@tribune/platform';
import type { Append, Entry, Heartbeat, InstallSnapshot, LogIndex, ServerId } from './message';
import type { RaftState } from './state';

/** Whoever sends these in our term is its leader: there is only one (election safety). */
export function followLeader(state: RaftState, leaderId: ServerId): void {
  assert(state.leadership === undefined, 'at most one leader per term');
  if (state.role !== 'follower' || state.leaderId !== leaderId) {
    state.becomeFollower(state.term, leaderId, 'a leader was elected');
  }
  state.electionElapsed = 0;
  state.leaderSilentTicks = 0;
}

export function onAppend(state: RaftState, message: Append): void {
  followLeader(state, message.from);
  const { log } = state;
  const { previous, entries } = message;
  if (previous.index < log.commitIndex) {
    // Old news, or a leader that does not know us yet. What is committed here agrees with every leader.
    return accept(state, message.from, log.commitIndex);
  }
  if (!log.has(previous)) return reject(state, message);
  appendEntries(state, entries);
  const matchIndex = previous.index + entries.length;
  // Only what this message vouches for: entries after it may still contradict the leader (R14).
  state.commitTo(Math.min(message.commitIndex, matchIndex));
  accept(state, message.from, matchIndex);
}

export function onHeartbeat(state: RaftState, message: Heartbeat): void {
  followLeader(state, message.from);
  state.commitTo(Math.min(message.commitIndex, state.log.lastIndex));
  state.send({ type: 'heartbeatResponse', to: message.from, readToken: message.readToken });
}

/** The shell has received the snapshot, checked it and made it durable. */
export function onInstallSnapshot(state: RaftState, { from, snapshot }: InstallSnapshot): void {
  followLeader(state, from);
  const { log } = state;
  if (state.restoring) return;
  if (snapshot.index <= log.commitIndex) return accept(state, from, log.commitIndex);
  if (log.has(snapshot)) {
    state.commitTo(snapshot.index);
    return accept(state, from, snapshot.index);
  }
  log.reset(snapshot);
  state.history.reset(snapshot.index, snapshot.configuration);
  state.facts.push({ kind: 'configurationChanged', index: snapshot.index });
  state.pendingReset = { index: snapshot.index, term: snapshot.term };
  state.restoring = snapshot;
  accept(state, from, snapshot.index);
}

/** Entries that we hold already are kept, even when more follow them: a late, shorter append must not take them away. */
function appendEntries(state: RaftState, entries: readonly Entry[]): void {
  const { log } = state;
  const firstNew = entries.findIndex((entry) => !log.has(entry));
  if (firstNew < 0) return;
  if (entries[firstNew]!.index <= log.lastIndex) state.truncate(entries[firstNew]!.index);
  for (let i = firstNew; i < entries.length; i++) state.append(entries[i]!);
}

function accept(state: RaftState, to: ServerId, matchIndex: LogIndex): void {
  state.sendDurably({ type: 'appendAccepted', to, matchIndex });
}

function reject(state: RaftState, { from, previous }: Append): void {
  const hint = state.log.lastPossibleAgreement(previous);
  state.send({
    type: 'appendRejected',
    to: from,
    rejected: previous.index,
    hint,
    recovering: state.distrustedUpTo !== undefined,
  });
}
