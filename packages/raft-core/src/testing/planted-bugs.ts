/**
 * Known bugs of consensus, for showing that checkers bite. The switch exists only here: production code is patched from
 * outside, for as long as a test wants it.
 */
import { Leadership } from '../core/leadership';
import { RaftLog } from '../core/log';
import { ReadIndexQueue } from '../core/read-index';
import { RaftState } from '../core/state';

type Restore = () => void;

const BUGS = {
  /** Figure 8: an entry of an earlier term counts as committed once a majority holds it. */
  commitsOlderTerms: () => method(RaftLog.prototype, 'isOfTerm', () => () => true),
  /** §5.4.1: a candidate that lacks what is committed may be elected. */
  votesForOlderLogs: () => method(RaftLog.prototype, 'isUpToDate', () => () => true),
  /** R11: during a change of members the new voters decide alone. */
  forgetsOutgoingVoters: () =>
    getter(RaftState.prototype, 'configuration', function (this: RaftState) {
      return { ...this.history.latest.configuration, outgoing: [] };
    }),
  /** R8: voters help to depose a leader they heard as soon as its connection closes, or after a restart. */
  forgetsLeasePromise: () =>
    getter(RaftState.prototype, 'keepsLeasePromise', function () {
      return false;
    }),
  appendsWithoutComparing: () =>
    method(
      RaftLog.prototype,
      'has',
      (original) =>
        function (this: RaftLog, position) {
          return 'kind' in position ? original.call(this, position) : position.index <= this.lastIndex;
        },
    ),
  readsWithoutQuorum: () =>
    method(
      ReadIndexQueue.prototype,
      'confirm',
      (original) =>
        function (this: ReadIndexQueue, from, token) {
          return original.call(this, from, token, () => true);
        },
    ),
  /** A lease lasts as long as the election timeout of a voter whose clock is exactly ours. */
  leaseWithoutMargin: () =>
    getter(RaftState.prototype, 'leaseMs', function (this: RaftState): number {
      return this.config.leaseMs ? this.config.electionTicks * 10 : 0;
    }),
  leaseSurvivesTransfer: () =>
    getter(Leadership.prototype, 'forbidsLease', function () {
      return false;
    }),
} satisfies Record<string, () => Restore>;

export type CoreBug = keyof typeof BUGS;
export const CORE_BUGS = Object.keys(BUGS) as CoreBug[];

/** Until the returned function is called, every node of this process has the bug. */
export function plantBug(bug: CoreBug): Restore {
  return BUGS[bug]();
}

function method<T extends object, K extends keyof T>(target: T, name: K, make: (original: T[K]) => T[K]): Restore {
  const original = target[name];
  target[name] = make(original);
  return () => void (target[name] = original);
}

function getter(target: object, name: string, get: (this: never) => unknown): Restore {
  const original = Object.getOwnPropertyDescriptor(target, name)!;
  Object.defineProperty(target, name, { ...original, get });
  return () => void Object.defineProperty(target, name, original);
}
