import { seededRandom } from '@tribune/platform';
import { plantBug } from '@tribune/raft-core/testing';
import { Aftermath } from './aftermath';
import { Invariants } from './checkers/invariants';
import { checkKvLinearizability } from './checkers/kv-linearizability';
import { isCoreBug, WORLD_BUGS, type Bug } from './faults/planted-bugs';
import type { Profile } from './faults/profiles';
import { Figure8 } from './faults/figure-8';
import { Seasons } from './faults/seasons';
import { Troubles } from './faults/troubles';
import { SimNetwork } from './world/sim-network';
import { SimServer } from './world/sim-server';
import { VirtualClock } from './world/virtual-clock';
import { Client } from './workload/client';
import { Expiries } from './workload/expiries';
import { History } from './workload/history';

export interface Figures {
  readonly operations: number;
  readonly elections: number;
  /** Changes of members that went through. */
  readonly changes: number;
  /** Sessions that ended because nobody renewed them. */
  readonly expiries: number;
  readonly virtualMs: number;
}

export type Outcome =
  | ({ readonly kind: 'passed' } & Figures)
  | {
      readonly kind: 'unsafe' | 'stuck' | 'failed' | 'nonlinearizable' | 'undecided';
      readonly what: string;
    };

/** One history: faults and work, then calm, then judgement. The same seed gives the same history. */
export async function simulate(seed: number, profile: Profile, bug?: Bug): Promise<Outcome> {
  const uproot = bug !== undefined && isCoreBug(bug) ? plantBug(bug) : undefined;
  try {
    const world = worldOf(seed, profile, bug);
    await live(world);
    return judge(world, await survive(world));
  } catch (error) {
    // A broken invariant inside the core counts as well: production stops there instead of going on.
    return { kind: 'failed', what: error instanceof Error ? error.message : String(error) };
  } finally {
    uproot?.();
  }
}

type World = ReturnType<typeof worldOf>;

/** Machines, network and watchers, before anything has happened. */
export function worldOf(seed: number, profile: Profile, wanted: Bug | undefined) {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const invariants = new Invariants();
  const { loss, duplicate, delayMsMax } = profile;
  const network = new SimNetwork({ loss, duplicate, delayMsMax }, clock, random);
  const bug = WORLD_BUGS.find((each) => each === wanted);
  const history = new History(clock);
  const expiries = new Expiries(history, clock, profile, (what) => invariants.violated(what));
  invariants.onFirstApplied = (index, command) => expiries.applies(index, command);
  const machine = { clock, random, network, profile, bug, invariants, expiries };
  const servers = Array.from({ length: profile.servers + profile.spares }, (_, i) => new SimServer(`s${i}`, machine));
  invariants.servers = servers;
  if (profile.figure8) new Figure8(servers, network, clock, random);
  const seasons = new Seasons(profile, clock);
  const troubles = new Troubles(profile, servers, network, random, (what) => invariants.violated(what));
  const world = { ...machine, seasons, servers, history, troubles };
  const found = async (): Promise<void> => {
    const founders = servers.slice(0, profile.servers);
    for (const server of servers) await server.start();
    for (const { node } of founders) await node!.bootstrap(founders.map(({ id }) => ({ id, address: id })));
  };
  /** The newest, should there be several. */
  const leader = (): SimServer | undefined =>
    servers.filter(({ core }) => core?.role === 'leader').sort((a, b) => b.core!.term - a.core!.term)[0];
  return { ...world, found, leader, aftermath: new Aftermath(world) };
}

async function live(world: World): Promise<void> {
  const { profile, clock, invariants, troubles, aftermath, seasons } = world;
  await world.found();
  let isOver = false;
  for (let i = 0; i < profile.clients; i++) void new Client(i, world).run(() => isOver);
  await aftermath.registerNode();
  for (let leftMs = profile.seconds * 1000; leftMs > 0 && !invariants.violation;) {
    const { stepMs } = seasons;
    troubles.step();
    await clock.elapse(stepMs);
    leftMs -= stepMs;
  }
  isOver = true;
}

/** The faults end: first for a majority alone, then for all. False when it does not go on. */
async function survive({ troubles, profile, aftermath, invariants, random }: World): Promise<boolean> {
  if (invariants.violation) return true;
  // Which servers are a majority is plain only while members do not change and no log is damaged.
  const mayLackSome = profile.membership === 0 && profile.rot === 0;
  if (mayLackSome && random.next() < 0.5) {
    troubles.endForMajority(profile.servers);
    if (!(await aftermath.majorityGoesOn())) return false;
  }
  troubles.end();
  return aftermath.goesOn();
}

function judge(
  { invariants, servers, aftermath, history, expiries, troubles, clock }: World,
  isAlive: boolean,
): Outcome {
  if (invariants.violation) return { kind: 'unsafe', what: invariants.violation };
  const failure = servers.map((server) => server.failure).find((error) => error !== undefined);
  if (failure) return { kind: 'failed', what: failure.message };
  if (!isAlive) return { kind: 'stuck', what: aftermath.picture() };
  if (aftermath.difference) return { kind: 'unsafe', what: aftermath.difference };
  const verdict = checkKvLinearizability(history.settled(invariants.applied.values()));
  if (verdict.kind === 'undecided') return { kind: 'undecided', what: verdict.key };
  if (verdict.kind === 'violation') return { kind: 'nonlinearizable', what: `${verdict.key}: ${verdict.reason}` };
  const { operations } = verdict;
  const { elections } = invariants;
  const virtualMs = Math.round(clock.monotonicMs());
  return { kind: 'passed', operations, elections, changes: troubles.changes, expiries: expiries.ended, virtualMs };
}
