import { seededRandom } from '@tribune/platform';
import { plantBug } from '@tribune/raft-core/testing';
import { SimClock } from '@tribune/testkit';
import { Invariants } from './checkers/invariants';
import { checkKvLinearizability } from './checkers/kv-linearizability';
import { isCoreBug, WORLD_BUGS, type Bug } from './faults/planted-bugs';
import type { Profile } from './faults/profiles';
import { Troubles } from './faults/troubles';
import { Aftermath } from './aftermath';
import { SimNetwork } from './world/sim-network';
import { SimServer } from './world/sim-server';
import { Client } from './workload/client';
import { History } from './workload/history';

export type Outcome =
  | { readonly kind: 'passed'; readonly operations: number; readonly elections: number }
  | {
      readonly kind: 'unsafe' | 'stuck' | 'failed' | 'nonlinearizable' | 'undecided';
      readonly what: string;
    };

const FAULT_STEP_MS = 50;

/** One history: faults and work, then calm, then judgement. The same seed gives the same history. */
export async function simulate(seed: number, profile: Profile, bug?: Bug): Promise<Outcome> {
  const uproot = bug !== undefined && isCoreBug(bug) ? plantBug(bug) : undefined;
  try {
    return await run(seed, profile, bug);
  } catch (error) {
    // A broken invariant inside the core counts as well: production stops there instead of going on.
    return { kind: 'failed', what: error instanceof Error ? error.message : String(error) };
  } finally {
    uproot?.();
  }
}

async function run(seed: number, profile: Profile, bug: Bug | undefined): Promise<Outcome> {
  const clock = new SimClock();
  const random = seededRandom(seed);
  const invariants = new Invariants();
  const { loss, duplicate, delayMsMax } = profile;
  const network = new SimNetwork({ loss, duplicate, delayMsMax }, clock, random);
  const worldBug = WORLD_BUGS.find((each) => each === bug);
  const servers = Array.from(
    { length: profile.servers + profile.spares },
    (_, i) => new SimServer(`s${i}`, { clock, random, network, profile, bug: worldBug, invariants }),
  );
  invariants.servers = servers;
  await found(servers, profile.servers);
  const history = new History(clock);
  const world = { clock, random, servers, history, invariants, bug: worldBug };
  let isOver = false;
  for (let i = 0; i < profile.clients; i++) void new Client(i, world).run(() => isOver);
  const troubles = new Troubles(profile, servers, network, random);
  const aftermath = new Aftermath(world);
  await aftermath.registerNode();
  for (let at = 0; at < profile.seconds * 1000 && !invariants.violation; at += FAULT_STEP_MS) {
    troubles.step();
    await clock.elapse(FAULT_STEP_MS);
  }
  isOver = true;
  if (!invariants.violation) troubles.end();
  const isAlive = invariants.violation === undefined && (await aftermath.goesOn());
  if (invariants.violation) return { kind: 'unsafe', what: invariants.violation };
  const failure = servers.map(({ node }) => node?.status().failure).find((error) => error !== undefined);
  if (failure) return { kind: 'failed', what: failure.message };
  if (!isAlive) return { kind: 'stuck', what: aftermath.picture() };
  if (aftermath.difference) return { kind: 'unsafe', what: aftermath.difference };
  const verdict = checkKvLinearizability(history.settled(invariants.applied.values()));
  if (verdict.kind === 'undecided') return { kind: 'undecided', what: verdict.key };
  if (verdict.kind === 'linearizable') {
    return { kind: 'passed', operations: verdict.operations, elections: invariants.elections };
  }
  return { kind: 'nonlinearizable', what: `${verdict.key}: ${verdict.reason}` };
}

async function found(servers: readonly SimServer[], members: number): Promise<void> {
  const founders = servers.slice(0, members);
  for (const server of servers) await server.start();
  for (const { node } of founders) await node!.bootstrap(founders.map(({ id }) => ({ id, address: id })));
}
