/** The leader's side of a membership change. */
import { encodeConfiguration } from './configuration-codec';
import { appendOwn } from './leader';
import { hasCommittedInTerm } from './leadership';
import { changeConfiguration, isJoint, isVoter, leaveJoint, type MembershipChange } from './membership';
import type { LogIndex } from './message';
import { broadcastHeartbeat, replicate } from './replication';
import type { RaftState } from './state';
import { bestSuccessor } from './transfer';

export type ChangeStart =
  | { readonly kind: 'accepted'; readonly index: LogIndex }
  | { readonly kind: 'refused'; readonly reason: string; readonly retryable: boolean };

/**
 * One change at a time, on a base that is committed, and only after this leader's own no-op: otherwise two leaders
 * could change from different bases to groups that share no majority (the bug of 2015, R9).
 */
export function startChange(state: RaftState, changes: readonly MembershipChange[]): ChangeStart {
  const { latest } = state.history;
  if (!hasCommittedInTerm(state)) return refuse('the leader has not committed an entry of its term yet', true);
  if (latest.index > state.log.commitIndex || isJoint(latest.configuration)) {
    return refuse('another membership change is under way', true);
  }
  if (state.leadership!.transfer) return refuse('leadership is being transferred', true);
  const result = changeConfiguration(latest.configuration, changes);
  if (result.kind === 'refused') return refuse(result.reason, false);
  const lagging = changes.find(
    (change) => change.kind === 'promote' && lag(state, change.id) > state.config.promotionLagMax,
  );
  if (lagging?.kind === 'promote') return refuse(`${lagging.id} lacks ${lag(state, lagging.id)} entries`, true);
  const entry = appendOwn(state, 'configuration', encodeConfiguration(result.configuration));
  return { kind: 'accepted', index: entry.index };
}

/** Something was committed: finish a joint change, and leave if the finished one leaves us out. */
export function afterCommit(state: RaftState): void {
  const { latest } = state.history;
  if (latest.index > state.log.commitIndex || !hasCommittedInTerm(state)) return;
  if (isJoint(latest.configuration)) {
    appendOwn(state, 'configuration', encodeConfiguration(leaveJoint(latest.configuration)));
  } else if (!isVoter(latest.configuration, state.id)) {
    retire(state);
  }
}

/** A leader that was removed has done its duty: it tells the others, names the best of them, and steps down (§4.2.2). */
function retire(state: RaftState): void {
  replicate(state);
  broadcastHeartbeat(state);
  const successor = bestSuccessor(state);
  if (successor !== undefined) state.send({ type: 'timeoutNow', to: successor });
  state.becomeFollower(state.term, undefined, 'removed from the voters');
}

function lag(state: RaftState, id: string): number {
  if (id === state.id) return 0;
  return state.log.lastIndex - (state.leadership!.progress.get(id)?.matchIndex ?? 0);
}

const refuse = (reason: string, retryable: boolean): ChangeStart => ({ kind: 'refused', reason, retryable });
