/**
 * Reads without asking (R8, thesis §6.4.1), only where `read_leases` is on: a quorum that answered a heartbeat helps
 * nobody to be elected for an election timeout of its own clock, so until a little before that no other leader can
 * exist. This rests on clocks that run at about the same rate, which is why nobody gets it without asking for it.
 *
 * What must hold for the promise: voters forget neither over a closed connection nor over a restart whom they heard
 * (`RaftState.hearsLeader`); a lease ends with a transfer, as the target may stand at once; and time is counted from
 * before the heartbeat left.
 */
import { hasCommittedInTerm } from './leadership';
import type { RaftState } from './state';

export const usesLeases = ({ leaseMs }: RaftState): boolean => leaseMs > 0;

export function holdsLease(state: RaftState): boolean {
  const { leadership, nowMs, leaseMs } = state;
  if (!leadership || leadership.forbidsLease) return false;
  if (leadership.leaseFromMs === undefined || !hasCommittedInTerm(state)) return false;
  return nowMs - leadership.leaseFromMs < leaseMs;
}

/** A quorum answered a round that began at `beganMs`. */
export function renewLease(state: RaftState, beganMs: number): void {
  if (usesLeases(state)) state.leadership!.leaseFromMs = beganMs;
}
