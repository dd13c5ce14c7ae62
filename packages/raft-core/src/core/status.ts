import type { Configuration, LogIndex, LogPosition, ServerId, Term } from './message';
import type { ProgressState } from './progress';
import type { Role } from './role';
import type { RaftState } from './state';

export interface FollowerStatus {
  readonly matchIndex: LogIndex;
  readonly nextIndex: LogIndex;
  readonly state: ProgressState;
  readonly silentTicks: number;
}

/** A picture of the core for people, metrics and tests. */
export interface RaftStatus {
  readonly id: ServerId;
  readonly role: Role;
  readonly term: Term;
  readonly votedFor: ServerId | undefined;
  readonly leaderId: ServerId | undefined;
  readonly base: LogPosition;
  readonly last: LogPosition;
  readonly stableIndex: LogIndex;
  readonly commitIndex: LogIndex;
  readonly appliedIndex: LogIndex;
  readonly configuration: Configuration;
  readonly configurationIndex: LogIndex;
  readonly isEstablished: boolean;
  readonly distrustedUpTo: LogIndex | undefined;
  readonly transferTarget: ServerId | undefined;
  readonly followers: ReadonlyMap<ServerId, FollowerStatus>;
}

export function statusOf(state: RaftState): RaftStatus {
  const { log, leadership, history } = state;
  const followers = [...(leadership?.progress ?? [])].map(
    ([id, { matchIndex, nextIndex, state: progress, silentTicks }]) =>
      [id, { matchIndex, nextIndex, state: progress, silentTicks }] as const,
  );
  return {
    id: state.id,
    role: state.role,
    term: state.term,
    votedFor: state.votedFor,
    leaderId: state.leaderId,
    base: log.base,
    last: log.last,
    stableIndex: log.stableIndex,
    commitIndex: log.commitIndex,
    appliedIndex: log.appliedIndex,
    configuration: history.latest.configuration,
    configurationIndex: history.latest.index,
    isEstablished: leadership?.isEstablished ?? false,
    distrustedUpTo: state.distrustedUpTo,
    transferTarget: leadership?.transfer?.target,
    followers: new Map(followers),
  };
}
