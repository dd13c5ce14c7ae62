/** The leader's side of handing over the lead (R6). */
import { isVoter } from './membership';
import type { LogIndex, ServerId } from './message';
import type { RaftState } from './state';

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

/** Gives up on a target that did not take over. */
export function tickTransfer(state: RaftState): void {
  const leadership = state.leadership!;
  const { transfer } = leadership;
  if (!transfer || ++transfer.elapsed < state.config.electionTicks) return;
  leadership.transfer = undefined;
  state.facts.push({ kind: 'transferEnded', target: transfer.target, reason: 'the target did not take over in time' });
}
