import { seededRandom, type Random } from '@tribune/platform';
import { SimClock } from '@tribune/testkit';
import { checkLinearizability, type Verdict } from './checkers/linearizability';
import type { Profile } from './faults/profiles';
import type { Operation } from './history';
import { SimNetwork } from './world/sim-network';
import { SimServer } from './world/sim-server';
import { Client } from './workload/client';

/** Bugs planted on purpose, to show that they would be found. */
export interface PlantedBugs {
  readonly readsLocally?: boolean;
  readonly forgetsVote?: boolean;
  readonly acknowledgesEarly?: boolean;
  readonly ignoresExpectation?: boolean;
}

export type Outcome =
  | Verdict
  /** The faults ended, and still nothing went through. */
  | { readonly kind: 'stuck'; readonly picture: string }
  | { readonly kind: 'failed'; readonly server: string; readonly error: Error };

const FAULT_STEP_MS = 50;
const HEAL_MS = 10_000;

/** One history: faults and work, then calm, then judgement. The same seed gives the same history. */
export async function simulate(seed: number, profile: Profile, bugs: PlantedBugs = {}): Promise<Outcome> {
  const clock = new SimClock();
  const random = seededRandom(seed);
  const { loss, duplicate, delayMsMax } = profile;
  const network = new SimNetwork({ loss, duplicate, delayMsMax }, clock, random);
  const diskFaults = { writeMsMax: 4, slow: profile.slowDisk, ...bugs };
  const servers = Array.from(
    { length: profile.servers },
    (_, i) =>
      new SimServer(`s${i}`, {
        clock,
        random,
        network,
        diskFaults,
        ignoresExpectation: bugs.ignoresExpectation ?? false,
      }),
  );
  const members = servers.map(({ id }) => ({ id, address: id }));
  for (const server of servers) {
    await server.start();
    await server.node!.bootstrap(members);
  }
  const history: Operation[] = [];
  let values = 0;
  let isOver = false;
  const settings = { keys: 3, thinkMsMax: 60, readsLocally: bugs.readsLocally ?? false };
  for (let i = 0; i < profile.clients; i++) {
    void new Client(settings, { clock, random, servers }, history, () => ++values).run(() => isOver);
  }
  for (let at = 0; at < profile.seconds * 1000; at += FAULT_STEP_MS) {
    await misbehave(servers, network, random, profile);
    await clock.elapse(FAULT_STEP_MS);
  }
  isOver = true;
  network.healAll();
  network.faults = { loss: 0, duplicate: 0, delayMsMax: 2 };
  for (const server of servers) if (!server.isOn) void server.start();
  const isAlive = await goesOn(servers, clock);
  const failed = servers.find((server) => server.node?.status().failure);
  if (failed) return { kind: 'failed', server: failed.id, error: failed.node!.status().failure! };
  if (!isAlive) return { kind: 'stuck', picture: picture(servers) };
  return checkLinearizability(history);
}

async function misbehave(
  servers: readonly SimServer[],
  network: SimNetwork,
  random: Random,
  profile: Profile,
): Promise<void> {
  if (random.next() < profile.partition) partition(servers, network, random);
  if (random.next() < profile.partition * 1.5) network.healAll();
  for (const server of servers) {
    if (!server.isOn) {
      if (random.next() < 0.1) void server.start();
    } else if (random.next() < profile.crash) {
      server.crash();
    } else if (random.next() < profile.transfer) {
      void server.node?.transferLeadership();
    }
  }
}

/** Halves that hear each other no more, or only in one direction. */
function partition(servers: readonly SimServer[], network: SimNetwork, random: Random): void {
  const side = new Set(servers.filter(() => random.next() < 0.5));
  for (const from of servers) {
    for (const to of servers) {
      if (side.has(from) !== side.has(to) && random.next() < 0.8) network.cut(from.id, to.id);
    }
  }
}

/** Liveness: with all faults gone, a write must go through and everybody must come level. */
async function goesOn(servers: readonly SimServer[], clock: SimClock): Promise<boolean> {
  let written = 0;
  for (let waited = 0; waited < HEAL_MS; waited += FAULT_STEP_MS) {
    const leader = servers.find((server) => server.node?.status().role === 'leader');
    const command = Buffer.from(JSON.stringify({ key: 'final', action: { kind: 'write', value: 1 } }));
    void leader?.node?.propose(command).then((outcome) => {
      if (outcome.kind === 'applied') written = outcome.index;
    });
    await clock.elapse(FAULT_STEP_MS);
    if (written > 0 && servers.every((server) => server.node && server.machine.appliedIndex >= written)) return true;
  }
  return false;
}

function picture(servers: readonly SimServer[]): string {
  return servers
    .map(({ id, node, machine }) => {
      const status = node?.status();
      return `${id} ${status?.role} t${status?.term} commit ${status?.commitIndex} last ${status?.lastIndex} applied ${machine.appliedIndex}`;
    })
    .join('; ');
}
