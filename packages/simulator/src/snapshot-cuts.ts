/** A snapshot on its way to a server that lacks everything, struck at one chosen chunk: what arrives in the end? */
import { encodeCommand } from '@tribune/state-store';
import { calm } from './faults/profiles';
import { worldOf } from './simulate';
import type { SimServer } from './world/sim-server';

export const STRIKES = ['link cut', 'sender crashes', 'receiver crashes', 'chunk doubled', 'stream doubled'] as const;
export type Strike = (typeof STRIKES)[number];

export interface Install {
  /** How far the longest stream came. */
  readonly chunks: number;
  readonly isStruck: boolean;
  /** Streams that left out what had arrived before. */
  readonly resumed: number;
  /** What came out wrong, if anything did. */
  readonly problem: string | undefined;
}

type World = ReturnType<typeof worldOf>;

const KEYS = 44;
const VALUE_BYTES = 120;
/** Until what fell is there again. */
const DOWN_MS = 100;
const STEP_MS = 20;
const SETTLED_MS = 300;
/** For the first stream to come as far as the chunk. */
const STREAM_MS_MAX = 10_000;

/** `at`: number of the chunk, from 1; nothing is struck without. */
export async function install(seed: number, strike: Strike, at?: number): Promise<Install> {
  const world = worldOf(seed, { ...calm, snapshotThreshold: 8 }, undefined);
  const { network, aftermath, clock } = world;
  const { leader, late } = await oneIsLate(world);
  let chunks = 0;
  let isStruck = false;
  network.snapshots.beforeChunk = ({ to }, number) => {
    if (to === late.id) chunks = Math.max(chunks, number);
    if (to !== late.id || isStruck || number !== at) return 1;
    isStruck = true;
    return hit(world, strike, leader, late);
  };
  if (strike === 'stream doubled') network.faults = { ...network.faults, duplicate: 1 };
  await late.start();
  for (let waited = 0; !isStruck && at !== undefined && waited < STREAM_MS_MAX; waited += STEP_MS)
    await clock.elapse(STEP_MS);
  await clock.elapse(2 * DOWN_MS);
  const goesOn = await aftermath.goesOn();
  return { chunks, isStruck, resumed: network.snapshots.resumed, problem: problemOf(world, goesOn) };
}

/** A group with a state of some chunks and a short log, and a server that has nothing of it. */
async function oneIsLate(world: World): Promise<{ leader: SimServer; late: SimServer }> {
  const { aftermath, clock, servers } = world;
  await world.found();
  if (!(await aftermath.registerNode())) throw new Error('nobody was elected on a sound network');
  const leader = world.leader()!;
  const late = servers.find((server) => server !== leader)!;
  late.crash();
  for (let key = 0; key < KEYS; key++) {
    const value = Buffer.alloc(VALUE_BYTES, `${key} `);
    const command = encodeCommand({ type: 'kv', operation: { verb: 'set', key: `key${key}`, value, flags: 0n } });
    void leader.node!.propose(command);
  }
  // Written, and the log cleared behind a snapshot of it.
  await clock.elapse(SETTLED_MS);
  return { leader, late };
}

/** How often the chunk comes. */
function hit({ network, clock }: World, strike: Strike, leader: SimServer, late: SimServer): number {
  const fall = (server: SimServer): void => {
    server.crash();
    clock.setTimer(DOWN_MS, () => void server.start());
  };
  if (strike === 'link cut') {
    network.cut(leader.id, late.id);
    clock.setTimer(DOWN_MS, () => network.healAll());
  }
  if (strike === 'sender crashes') fall(leader);
  if (strike === 'receiver crashes') fall(late);
  return strike === 'chunk doubled' ? 2 : 1;
}

function problemOf({ invariants, aftermath, servers }: World, goesOn: boolean): string | undefined {
  const failure = servers.map((server) => server.failure?.message).find((message) => message !== undefined);
  const stuck = goesOn ? undefined : `stuck: ${aftermath.picture()}`;
  return invariants.violation ?? aftermath.difference ?? failure ?? stuck;
}

export interface CutSurvey {
  readonly strike: Strike;
  readonly seed: number;
  /** Of one snapshot; each was struck at once. */
  readonly chunks: number;
  readonly struck: number;
  readonly resumed: number;
  readonly problems: readonly string[];
}

/** Every chunk of the transfer in turn. */
export async function surveyCuts(seed: number, strike: Strike): Promise<CutSurvey> {
  const { chunks } = await install(seed, strike);
  const all: Install[] = [];
  for (let at = 1; at <= chunks; at++) all.push(await install(seed, strike, at));
  return {
    strike,
    seed,
    chunks,
    struck: all.filter(({ isStruck }) => isStruck).length,
    resumed: all.filter(({ resumed }) => resumed > 0).length,
    problems: all.flatMap(({ problem }, i) => (problem === undefined ? [] : [`chunk ${i + 1}: ${problem}`])),
  };
}
