import { assert } from '@tribune/platform';
import { isVoter, membersOf } from './membership';
import type { Entry, EntryKind, LogIndex, ServerId } from './message';
import { Progress } from './progress';
import { hasQuorum } from './quorum';
import { ReadIndexQueue } from './read-index';
import { broadcastHeartbeat } from './replication';
import type { RaftState } from './state';

/** How long a removed server still receives the log, in election timeouts: enough to learn that it was removed. */
const DEPARTURE_ELECTION_TIMEOUTS = 2;

export interface Transfer {
  readonly target: ServerId;
  elapsed: number;
  asked: boolean;
}

/** What a server knows only while it leads; gone without a trace when it steps down. */
export class Leadership {
  /** Everyone who receives the log, except this server: what it holds itself is `log.stableIndex`. */
  readonly progress = new Map<ServerId, Progress>();
  readonly reads: ReadIndexQueue;
  transfer: Transfer | undefined;
  heartbeatElapsed = 0;
  quorumElapsed = 0;
  /** Of entries proposed in this term and not yet applied (R17). */
  uncommittedBytes = 0;
  /** When the lease in force was asked for (R8); undefined: there is none. */
  leaseFromMs: number | undefined;
  /** Somebody was told to stand whatever the voters hear. The request may arrive at any time: no lease any more. */
  leaseIsForfeited = false;
  /** `leadershipEstablished` was told. */
  isEstablished = false;

  constructor(
    /** Index of the no-op that began the term. */
    readonly firstIndex: LogIndex,
    nextReadToken: () => number,
  ) {
    this.reads = new ReadIndexQueue(nextReadToken);
  }

  get forbidsLease(): boolean {
    return this.transfer !== undefined || this.leaseIsForfeited;
  }
}

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

/** An entry of this term has been committed: our commit index is not behind anybody's any more. */
export function hasCommittedInTerm({ leadership, log }: RaftState): boolean {
  return leadership !== undefined && log.commitIndex >= leadership.firstIndex;
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

export type TransferStart =
  { readonly kind: 'started'; readonly target: ServerId } | { readonly kind: 'refused'; readonly reason: string };

/** R6: stop proposals, bring the target level, tell it to stand now; give up after an election timeout. */
export function startTransfer(state: RaftState, wanted: ServerId | undefined): TransferStart {
  const leadership = state.leadership!;
  if (leadership.transfer)
    return { kind: 'refused', reason: `a transfer to ${leadership.transfer.target} is under way` };
  const target = wanted ?? bestSuccessor(state);
  if (target === undefined) return { kind: 'refused', reason: 'no other voter answers' };
  if (target === state.id) return { kind: 'refused', reason: `${target} leads already` };
  if (!isVoter(state.configuration, target)) return { kind: 'refused', reason: `${target} is not a voter` };
  leadership.transfer = { target, elapsed: 0, asked: false };
  maybeAskSuccessor(state);
  return { kind: 'started', target };
}

/** The target holds everything, and all of it is committed, so that nobody who proposed it is left in doubt: it may take over. */
export function maybeAskSuccessor(state: RaftState): void {
  const { transfer, progress } = state.leadership!;
  const { lastIndex, commitIndex } = state.log;
  if (!transfer || transfer.asked || commitIndex < lastIndex) return;
  if (progress.get(transfer.target)?.matchIndex !== lastIndex) return;
  transfer.asked = true;
  state.leadership!.leaseIsForfeited = true;
  state.send({ type: 'timeoutNow', to: transfer.target });
}

/** The other voter that holds most, among those who answer. */
export function bestSuccessor(state: RaftState): ServerId | undefined {
  let best: { id: ServerId; matchIndex: LogIndex } | undefined;
  for (const { id } of state.configuration.voters) {
    const follower = state.leadership!.progress.get(id);
    if (!follower || follower.silentTicks > state.config.electionTicks) continue;
    if (!best || follower.matchIndex > best.matchIndex) best = { id, matchIndex: follower.matchIndex };
  }
  return best?.id;
}

function tickTransfer(state: RaftState): void {
  const leadership = state.leadership!;
  const { transfer } = leadership;
  if (!transfer || ++transfer.elapsed < state.config.electionTicks) return;
  leadership.transfer = undefined;
  state.facts.push({ kind: 'transferEnded', target: transfer.target, reason: 'the target did not take over in time' });
}

function newProgress(state: RaftState): Progress {
  const follower = new Progress(state.log.lastIndex + 1, state.config.inflightAppendsMax);
  // A new leader gives everyone one election timeout to answer.
  follower.recentlyActive = true;
  return follower;
}
