import { Metrics, silentLogger, systemClock, systemRandom } from '@tribune/platform';
import type { Member, MembershipApi, MembershipEvent, Pool } from '@tribune/protocol';
import { createGossip, type Gossip, type GossipCollaborators, type GossipOptions, type Profile } from '../src';

/** Ten times faster than a LAN, so that tests need not wait. */
export const FAST: Partial<Profile> = {
  probeIntervalMs: 100,
  probeTimeoutMs: 50,
  gossipIntervalMs: 20,
  pushPullIntervalMs: 1000,
  gossipToTheDeadMs: 3000,
  streamTimeoutMs: 2000,
};
const FAST_SERF = {
  broadcastTimeoutMs: 1000,
  leavePropagateDelayMs: 200,
  reconnectIntervalMs: 300,
  reapIntervalMs: 200,
  // 10 s with this gossip interval: on a busy machine an answer takes its time.
  queryTimeoutMult: 500,
};

const running = new Set<Gossip>();

export async function startAgent(
  name: string,
  options: Partial<GossipOptions> = {},
  collaborators: Partial<GossipCollaborators> = {},
): Promise<Gossip> {
  const gossip = createGossip(
    {
      name,
      datacenter: 'dc1',
      bindAddress: '127.0.0.1',
      tags: { role: 'node', dc: 'dc1' },
      lan: { port: 0, profile: 'lan', overrides: FAST },
      serf: FAST_SERF,
      ...options,
    },
    { clock: systemClock, random: systemRandom, logger: silentLogger, metrics: new Metrics(), ...collaborators },
  );
  await gossip.start();
  running.add(gossip);
  return gossip;
}

/** Makes `agent` answer every query that it is asked, as a piece does over `membership.v1`; resolves when it listens. */
export function answerQueries(
  agent: Pick<MembershipApi, 'queries' | 'answerQuery'>,
  answer: (name: string, payload: string) => string,
): Promise<void> {
  return new Promise((listening, failed) => {
    void (async () => {
      for await (const event of agent.queries([], new AbortController().signal)) {
        if (event.kind === 'listening') listening();
        else {
          const { id, name, payload } = event.query;
          await agent.answerQuery(id, Buffer.from(answer(name, Buffer.from(payload).toString())));
        }
      }
    })().catch(failed);
  });
}

export async function stopAgents(): Promise<void> {
  await Promise.all([...running].map((gossip) => gossip.stop()));
  running.clear();
}

export const addressOf = (gossip: Gossip, pool: Pool = 'lan'): string => `127.0.0.1:${gossip.port(pool)}`;

/** Starts agents of these names and joins them all to the first. */
export async function startPool(
  names: readonly string[],
  options: Partial<GossipOptions> = {},
  collaboratorsOf: (name: string) => Partial<GossipCollaborators> = () => ({}),
): Promise<Gossip[]> {
  const agents = await Promise.all(names.map((name) => startAgent(name, options, collaboratorsOf(name))));
  for (const agent of agents.slice(1)) await agent.join('lan', [addressOf(agents[0]!)]);
  await Promise.all(agents.map((agent) => membersAre(agent, Object.fromEntries(names.map((name) => [name, 'alive'])))));
  return agents;
}

/** Waits until the members of a pool have exactly these statuses. */
export function membersAre(
  agent: Gossip,
  expected: Readonly<Record<string, string>>,
  pool: Pool = 'lan',
): Promise<void> {
  const wanted = JSON.stringify(Object.entries(expected).sort());
  return eventually(agent, pool, (members) => {
    const actual = JSON.stringify(members.map(({ name, status }) => [name, status]).sort());
    return actual === wanted;
  });
}

export async function eventually(
  agent: Gossip,
  pool: Pool,
  holds: (members: readonly Member[]) => boolean,
): Promise<void> {
  const abort = new AbortController();
  // The watch is the clock: every change is a reason to look again.
  const watch = agent.watch(abort.signal)[Symbol.asyncIterator]();
  while (!(await watch.next()).done) {
    if (!holds(await agent.members(pool))) continue;
    abort.abort();
    return;
  }
}

/** The next event that `matches`, from the watch's beginning on. */
export async function nextEvent(agent: Gossip, matches: (event: MembershipEvent) => boolean): Promise<MembershipEvent> {
  for await (const event of agent.watch(new AbortController().signal)) if (matches(event)) return event;
  throw new Error('the watch ended');
}
