/** Does a group keep its leader, and go on serving, while some of its links are broken for a minute? */
import { cutsOf, type LinkFault } from './faults/links';
import { calm } from './faults/profiles';
import { worldOf } from './simulate';

export interface Steadiness {
  /** Elections won after the links were cut. */
  readonly elections: number;
  /** Terms that were begun since then. */
  readonly terms: number;
  /** Share of the time in which a write was acknowledged within `WINDOW_MS` of being asked for. */
  readonly available: number;
  readonly violation: string | undefined;
}

const WINDOW_MS = 100;

export async function steadiness(
  seed: number,
  fault: LinkFault,
  servers: number,
  seconds: number,
): Promise<Steadiness> {
  const world = worldOf(seed, { ...calm, servers, snapshotThreshold: 1_000 }, undefined);
  const { clock, network, invariants, random } = world;
  await world.found();
  if (!(await world.aftermath.registerNode())) throw new Error('nobody was elected on a sound network');
  const leader = world.leader()!;
  const before = { elections: invariants.elections, term: leader.core!.term };
  for (const [from, to] of cutsOf(fault, world.servers.indexOf(leader), servers, random))
    network.cut(`s${from}`, `s${to}`);
  const windows = (seconds * 1000) / WINDOW_MS;
  let served = 0;
  for (let i = 0; i < windows; i++) {
    let isServed = false;
    const target = world.leader();
    if (target) void world.aftermath.write(target).then((isDone) => (isServed = isDone));
    await clock.elapse(WINDOW_MS);
    if (isServed) served++;
  }
  const terms = Math.max(...world.servers.map(({ core }) => core!.term)) - before.term;
  return {
    elections: invariants.elections - before.elections,
    terms,
    available: served / windows,
    violation: invariants.violation,
  };
}

export interface Survey {
  readonly fault: LinkFault;
  readonly servers: number;
  readonly seeds: number;
  readonly availableMin: number;
  readonly availableMean: number;
  readonly electionsMax: number;
  readonly termsMax: number;
  readonly violations: number;
}

export async function surveyLinks(
  fault: LinkFault,
  servers: number,
  seconds: number,
  first: number,
  seeds: number,
): Promise<Survey> {
  const all: Steadiness[] = [];
  for (let seed = first; seed < first + seeds; seed++) all.push(await steadiness(seed, fault, servers, seconds));
  return {
    fault,
    servers,
    seeds,
    availableMin: Math.min(...all.map(({ available }) => available)),
    availableMean: all.reduce((sum, { available }) => sum + available, 0) / seeds,
    electionsMax: Math.max(...all.map(({ elections }) => elections)),
    termsMax: Math.max(...all.map(({ terms }) => terms)),
    violations: all.filter(({ violation }) => violation !== undefined).length,
  };
}
