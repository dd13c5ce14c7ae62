import { messageOf } from '@tribune/platform';
import type { MemberQuery, MemberQueryOutcome } from '@tribune/protocol';
import type { QueryFilter } from '../serf/serf-messages';
import { PoolError, type PoolNode } from './pool-node';

/** Queries with this prefix are serf's own. */
const INTERNAL_PREFIX = '_serf_';
/** As many members as serf lets an answer be relayed through. */
const RELAYS_MAX = 5;
const DAY_MS = 86_400_000;

/** Asks a pool and collects what comes until everybody has answered, or the time is over. */
export async function askMembers(node: PoolNode | undefined, query: MemberQuery): Promise<MemberQueryOutcome> {
  const problem = node ? problemOf(query) : 'this agent is not in the pool';
  if (!node || problem !== undefined) return { ok: false, reason: problem ?? '' };
  const { name, payload, relayFactor, timeoutMs } = query;
  const acks = new Set<string>();
  const responses = new Map<string, Uint8Array>();
  const options = { name, payload, relayFactor, filters: filtersOf(query), wantsAck: true };
  const wanted = query.nodes.length > 0 ? query.nodes.length : node.aliveCount;
  const listener = {
    acked: (from: string) => void acks.add(from),
    responded: (from: string, answer: Uint8Array) => void responses.set(from, answer),
  };
  try {
    await node.query({ ...options, ...(timeoutMs > 0 && { timeoutMs }) }, listener, () => responses.size >= wanted);
  } catch (error) {
    if (error instanceof PoolError) return { ok: false, reason: messageOf(error) };
    throw error;
  }
  return { ok: true, acks: [...acks].sort(), responses };
}

function problemOf({ name, relayFactor, timeoutMs }: MemberQuery): string | undefined {
  if (name === '') return 'query has no name';
  if (name.startsWith(INTERNAL_PREFIX)) return `query names that begin with ${INTERNAL_PREFIX} are reserved`;
  if (relayFactor > RELAYS_MAX) return `relay factor ${relayFactor}: at most ${RELAYS_MAX}`;
  return timeoutMs > DAY_MS ? `timeout ${timeoutMs} ms: at most a day` : undefined;
}

function filtersOf({ nodes, tags }: MemberQuery): readonly QueryFilter[] {
  const byTag = Object.entries(tags).map(([tag, expression]) => ({ kind: 'tag', tag, expression }) as const);
  return nodes.length === 0 ? byTag : [{ kind: 'nodes', nodes }, ...byTag];
}
