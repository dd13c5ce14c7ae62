/**
 * Standing for election. First a pre-vote asks, without touching any term, whether a majority would agree; only then
 * the term rises and real votes are collected. A server that was cut off thus returns without deposing a leader that
 * everybody else still hears (R4).
 */
import { becomeLeader } from './leader';
import { membersOf, isVoter } from './membership';
import type { ServerId, VoteResponse } from './message';
import { voteResult } from './quorum';
import type { RaftState } from './state';

export function campaign(state: RaftState): void {
  state.setLeader(undefined);
  state.setRole('preCandidate');
  stand(state, { preVote: true, transfer: false });
  // No promise is attached to a pre-vote for oneself, so it counts at once.
  countVote(state, state.id, true);
}

/** `transfer`: the leader asked us to, so voters need not protect it (R6). */
export function campaignForReal(state: RaftState, transfer: boolean): void {
  state.electionBegan(transfer);
  state.term++;
  state.votedFor = state.id;
  state.setLeader(undefined);
  state.setRole('candidate');
  // The vote for oneself is counted by `ownVoteIsDurable`.
  stand(state, { preVote: false, transfer });
}

/** Our vote for ourselves reached the disk: only now it counts (R1). */
export function ownVoteIsDurable(state: RaftState): void {
  if (state.role === 'candidate') countVote(state, state.id, true);
}

export function onVoteResponse(state: RaftState, { from, term, preVote, granted }: VoteResponse): void {
  if (state.candidacy?.preVote !== preVote) return;
  if (granted && term !== (preVote ? state.term + 1 : state.term)) return;
  countVote(state, from, granted);
}

function stand(state: RaftState, { preVote, transfer }: { preVote: boolean; transfer: boolean }): void {
  state.candidacy = { preVote, votes: new Map() };
  state.resetElectionTimer();
  const term = preVote ? state.term + 1 : state.term;
  for (const { id } of membersOf(state.configuration)) {
    if (id === state.id || !isVoter(state.configuration, id)) continue;
    state.send({ type: 'voteRequest', to: id, term, preVote, transfer, last: state.log.last });
  }
}

function countVote(state: RaftState, from: ServerId, granted: boolean): void {
  const { preVote, votes } = state.candidacy!;
  if (!votes.has(from)) votes.set(from, granted);
  switch (voteResult(state.configuration, withPresumed(state, votes))) {
    case 'won':
      return preVote ? campaignForReal(state, false) : becomeLeader(state);
    case 'lost':
      return loseElection(state);
    case 'pending':
  }
}

/**
 * Who stands because the leader's connection closed does not wait for that leader's vote: of three servers, two that stood
 * together would otherwise both hope for it until an election timeout has passed.
 */
function withPresumed(
  { presumedDead }: RaftState,
  votes: ReadonlyMap<ServerId, boolean>,
): ReadonlyMap<ServerId, boolean> {
  return presumedDead === undefined || votes.has(presumedDead) ? votes : new Map(votes).set(presumedDead, false);
}

function loseElection(state: RaftState): void {
  state.becomeFollower(state.term, undefined, 'the election was lost');
  if (state.quickCampaigns > 1) {
    state.quickCampaigns--;
    state.hastenElection();
  } else {
    state.endQuickCampaigns();
  }
}

/** Another one stands for the same reason and has our agreement: it may have the time of an election. */
export function standAside(state: RaftState): void {
  if (state.role === 'preCandidate') state.becomeFollower(state.term, undefined, 'another server stands');
  if (state.role === 'follower') state.postponeElection();
}
