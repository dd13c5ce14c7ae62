/**
 * How a server answers those who stand for election, whatever its own role. Learners and servers without a
 * configuration answer too: they may have been made voters by an entry that has not reached them yet (R12).
 */
import type { VoteRequest } from './message';
import type { RaftState } from './state';

/** `request.term` is not below ours, and for a real vote it is ours by now. */
export function answerVoteRequest(state: RaftState, request: VoteRequest): void {
  if (!mayGrant(state, request)) return rejectVote(state, request);
  const { from: to, term, preVote } = request;
  if (preVote) {
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

function mayGrant(state: RaftState, { from, term, preVote, last }: VoteRequest): boolean {
  if (state.distrustedUpTo !== undefined || !state.log.isUpToDate(last)) return false;
  if (preVote && term > state.term) return true;
  return state.votedFor === from || (state.votedFor === undefined && state.leaderId === undefined);
}
