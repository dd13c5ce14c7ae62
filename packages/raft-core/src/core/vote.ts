/**
 * How a server answers those who stand for election, whatever its own role. Learners and servers without a
 * configuration answer too: they may have been made voters by an entry that has not reached them yet (R12).
 */
import { standAside } from './candidate';
import type { VoteRequest } from './message';
import type { RaftState } from './state';

/** `request.term` is not below ours, and for a real vote it is ours by now. */
export function answerVoteRequest(state: RaftState, request: VoteRequest): void {
  if (!mayGrant(state, request)) return rejectVote(state, request);
  const { from: to, term, preVote } = request;
  if (preVote) {
    if (state.quickCampaigns > 0) standAside(state);
    state.send({ type: 'voteResponse', to, term, preVote, granted: true });
    return;
  }
  state.votedFor = to;
  state.electionElapsed = 0;
  state.sendDurably({ type: 'voteResponse', to, preVote, granted: true });
}

/** Said aloud, with our term: silence could leave a candidate with an old term asking for ever (R4). */
export function rejectVote(state: RaftState, { from: to, preVote }: VoteRequest): void {
  state.send({ type: 'voteResponse', to, preVote, granted: false });
}

function mayGrant(state: RaftState, request: VoteRequest): boolean {
  const { from, term, preVote, last } = request;
  if (state.distrustedUpTo !== undefined || !state.log.isUpToDate(last)) return false;
  if (preVote && term > state.term) return !goesFirst(state, request);
  return state.votedFor === from || (state.votedFor === undefined && state.leaderId === undefined);
}

/**
 * Two that lost the same leader often stand at the same moment. Were each to help the other, both would go on to a real
 * election and split it. So one goes first; nothing but time depends on which, since a pre-vote promises nothing. Its log
 * is not behind ours, which was asked before: equal logs leave it to the names.
 */
function goesFirst(state: RaftState, { from, last }: VoteRequest): boolean {
  if (state.role !== 'preCandidate' || state.quickCampaigns === 0) return false;
  return last.index === state.log.lastIndex && last.term === state.log.last.term && state.id < from;
}
