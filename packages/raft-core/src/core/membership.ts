/**
 * Who is in the group, as the log tells it.
 *
 * A configuration takes effect when its entry is appended, committed or not (thesis §4.1); when that entry is
 * truncated, the one before it is in force again (R10). So the history keeps every configuration the log still has.
 * Any change of the voters goes through a joint configuration, one voter or five alike: one mechanism, and replacing a
 * server never passes through an even-sized group (R11). Changes that touch only learners need one entry.
 */
import { assert } from '@tribune/platform';
import type { Configuration, LogIndex, Server, ServerId } from './message';

/** One change of the configuration; several together are one atomic step. */
export type MembershipChange =
  /** A new learner, or a new address for a server that is already a member. */
  | { readonly kind: 'addLearner'; readonly server: Server }
  /** A new voter (it should be a learner that has caught up), or a new address for a member. */
  | { readonly kind: 'addVoter'; readonly server: Server }
  /** Learner to voter; refused while it lags. */
  | { readonly kind: 'promote'; readonly id: ServerId }
  /** Voter to learner. */
  | { readonly kind: 'demote'; readonly id: ServerId }
  | { readonly kind: 'remove'; readonly id: ServerId };

export type ChangeResult =
  | { readonly kind: 'changed'; readonly configuration: Configuration }
  | { readonly kind: 'refused'; readonly reason: string };

export const noConfiguration: Configuration = { voters: [], outgoing: [], learners: [] };

export const isJoint = (configuration: Configuration): boolean => configuration.outgoing.length > 0;

export const isVoter = (configuration: Configuration, id: ServerId): boolean =>
  find(configuration.voters, id) !== undefined || find(configuration.outgoing, id) !== undefined;

/** Every server that receives the log, each once, in a defined order. */
export function membersOf({ voters, outgoing, learners }: Configuration): readonly Server[] {
  const members = new Map<ServerId, Server>();
  for (const server of [...voters, ...outgoing, ...learners]) {
    if (!members.has(server.id)) members.set(server.id, server);
  }
  return [...members.values()];
}

/** What the group shall become; joint when the voters differ. */
export function changeConfiguration(current: Configuration, changes: readonly MembershipChange[]): ChangeResult {
  assert(!isJoint(current), 'one change at a time');
  const voters = new Map(current.voters.map((server) => [server.id, server]));
  const learners = new Map(current.learners.map((server) => [server.id, server]));
  for (const change of changes) {
    const problem = applyChange(change, voters, learners);
    if (problem) return { kind: 'refused', reason: problem };
  }
  if (voters.size === 0) return { kind: 'refused', reason: 'the change would leave no voter' };
  const next = { voters: sorted(voters.values()), outgoing: [], learners: sorted(learners.values()) };
  const votersChange = !sameIds(next.voters, current.voters);
  return { kind: 'changed', configuration: votersChange ? { ...next, outgoing: current.voters } : next };
}

/** The second half of a joint change. */
export function leaveJoint({ voters, learners }: Configuration): Configuration {
  return { voters, outgoing: [], learners };
}

function applyChange(
  change: MembershipChange,
  voters: Map<ServerId, Server>,
  learners: Map<ServerId, Server>,
): string | undefined {
  const id = 'server' in change ? change.server.id : change.id;
  const member = voters.get(id) ?? learners.get(id);
  switch (change.kind) {
    case 'addLearner':
      (voters.has(id) ? voters : learners).set(id, change.server);
      return undefined;
    case 'addVoter':
      learners.delete(id);
      voters.set(id, change.server);
      return undefined;
    case 'promote':
      if (!member) return `${id} is not a member`;
      learners.delete(id);
      voters.set(id, member);
      return undefined;
    case 'demote':
      if (!member) return `${id} is not a member`;
      voters.delete(id);
      learners.set(id, member);
      return undefined;
    case 'remove':
      if (!member) return `${id} is not a member`;
      voters.delete(id);
      learners.delete(id);
      return undefined;
  }
}

const find = (servers: readonly Server[], id: ServerId): Server | undefined =>
  servers.find((server) => server.id === id);

// By code unit, not by locale: every server must come to the same bytes.
const sorted = (servers: Iterable<Server>): Server[] => [...servers].sort((a, b) => (a.id < b.id ? -1 : 1));

const sameIds = (a: readonly Server[], b: readonly Server[]): boolean =>
  a.length === b.length && a.every((server, i) => server.id === b[i]!.id);

interface Recorded {
  readonly index: LogIndex;
  readonly configuration: Configuration;
}

/** The configurations of the log in order; the last is in force. Never empty. */
export class ConfigurationHistory {
  private readonly records: Recorded[];

  constructor(base: Recorded, later: readonly Recorded[]) {
    this.records = [base, ...later.filter((record) => record.index > base.index)];
  }

  get latest(): Recorded {
    return this.records.at(-1)!;
  }

  append(index: LogIndex, configuration: Configuration): void {
    assert(index > this.latest.index, 'configurations come in log order');
    this.records.push({ index, configuration });
  }

  /** The log lost everything at and after `index`. True when another configuration is in force now. */
  truncate(index: LogIndex): boolean {
    const before = this.records.length;
    while (this.records.length > 1 && this.latest.index >= index) this.records.pop();
    return this.records.length !== before;
  }

  reset(index: LogIndex, configuration: Configuration): void {
    this.records.splice(0, this.records.length, { index, configuration });
  }

  /** The configuration that was in force at `index`: what a snapshot taken there must remember. */
  at(index: LogIndex): Configuration {
    return (this.records.findLast((record) => record.index <= index) ?? this.records[0]!).configuration;
  }

  /** The last configuration that is committed, and those after it that may still be. */
  possible(commitIndex: LogIndex): readonly Configuration[] {
    const committed = this.records.findLastIndex((record) => record.index <= commitIndex);
    return this.records.slice(Math.max(0, committed)).map((record) => record.configuration);
  }

  /** Forgets configurations that were replaced at or before `index`. */
  compact(index: LogIndex): void {
    while (this.records.length > 1 && this.records[1]!.index <= index) this.records.shift();
  }
}
