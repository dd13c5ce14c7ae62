/**
 * What a group of servers has decided.
 *
 * Everything consensus promises rests on one fact: two majorities of the same set share a member. So a decision is
 * whatever a majority says, and during a membership change (a joint configuration, thesis §4.3) whatever a majority of
 * the new voters AND a majority of the outgoing ones say. The three questions below are the only places where servers
 * are counted. An empty outgoing set agrees to everything; an empty set of voters agrees to nothing.
 */
import type { Configuration, LogIndex, Server, ServerId } from './message';

export type VoteResult = 'won' | 'lost' | 'pending';

export const majorityOf = (count: number): number => Math.floor(count / 2) + 1;

/** True when the servers for which `agrees` holds can decide. */
export function hasQuorum(configuration: Configuration, agrees: (id: ServerId) => boolean): boolean {
  return halves(configuration).every((servers) => countWhere(servers, agrees) >= majorityOf(servers.length));
}

/**
 * The highest index that a quorum holds. Sorted downwards, the entry at place `majority - 1` is held by that server
 * and by everyone before it: exactly a majority.
 */
export function quorumIndex(configuration: Configuration, matchIndexOf: (id: ServerId) => LogIndex): LogIndex {
  if (configuration.voters.length === 0) return 0;
  const decided = halves(configuration).map((servers) => {
    const matched = servers.map((server) => matchIndexOf(server.id)).sort((a, b) => b - a);
    return matched[majorityOf(servers.length) - 1]!;
  });
  return Math.min(...decided);
}

/** `lost` as soon as the votes still out cannot turn it: a candidate then stops hoping and waits. */
export function voteResult(configuration: Configuration, votes: ReadonlyMap<ServerId, boolean>): VoteResult {
  if (hasQuorum(configuration, (id) => votes.get(id) === true)) return 'won';
  return hasQuorum(configuration, (id) => votes.get(id) !== false) ? 'pending' : 'lost';
}

function halves({ voters, outgoing }: Configuration): readonly (readonly Server[])[] {
  return outgoing.length === 0 ? [voters] : [voters, outgoing];
}

function countWhere(servers: readonly Server[], agrees: (id: ServerId) => boolean): number {
  let count = 0;
  for (const server of servers) if (agrees(server.id)) count++;
  return count;
}
