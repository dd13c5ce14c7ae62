import { briskDefaults, type Profile } from '../config/profiles';
import { SimPool } from '../testing/sim-pool';

/**
 * The anomaly experiment of the Lifeguard paper (arXiv 1707.00788 §V): some members are slow (all their traffic is held
 * back for D, then let through for a moment, again and again). How often is a healthy member declared dead?
 */
export interface AnomalyCell {
  /** Slow members (C) and how long their traffic is held (D, ms). */
  readonly slow: number;
  readonly holdMs: number;
}

export interface AnomalyResult {
  /** Healthy members declared dead, counted at every observer, and at healthy observers only. */
  readonly falsePositives: number;
  readonly atHealthy: number;
}

/**
 * `held`: only traffic waits. `blocked`: and so does whatever sends, but no countdown, which is what blocked sends do to a
 * process in Go (so memberlist was measured). `paused`: the whole process waits, which is what a starved event loop does.
 */
export type Anomaly = 'held' | 'blocked' | 'paused';
const TROUBLE: Readonly<Record<Anomaly, 'hold' | 'block' | 'pause'>> = {
  held: 'hold',
  blocked: 'block',
  paused: 'pause',
};

export const ANOMALY_GRID: readonly AnomalyCell[] = [
  { slow: 4, holdMs: 8_192 },
  { slow: 4, holdMs: 32_768 },
  { slow: 16, holdMs: 8_192 },
  { slow: 16, holdMs: 32_768 },
];

/** Without our own additions. */
const MEMBERLIST: Partial<Profile> = { deafnessMembersMin: 0, patientProbes: false };

export const VARIANTS: Readonly<Record<string, Partial<Profile>>> = {
  'SWIM (α 5, β 1, no LHM)': { ...MEMBERLIST, suspicionMult: 5, suspicionMaxTimeoutMult: 1, awarenessMax: 1 },
  // The original was measured with the buddy system in every row: here is what it does.
  'SWIM without buddy system': {
    ...MEMBERLIST,
    suspicionMult: 5,
    suspicionMaxTimeoutMult: 1,
    awarenessMax: 1,
    buddySystem: false,
  },
  '+ LHA-Probe': { ...MEMBERLIST, suspicionMult: 5, suspicionMaxTimeoutMult: 1, awarenessMax: 8 },
  '+ LHA-Suspicion (β 6)': { ...MEMBERLIST, suspicionMult: 5, suspicionMaxTimeoutMult: 6, awarenessMax: 1 },
  'Lifeguard α 5 β 6': { ...MEMBERLIST, suspicionMult: 5, suspicionMaxTimeoutMult: 6, awarenessMax: 8 },
  'Lifeguard α 5 β 6 without buddy system': { ...MEMBERLIST, suspicionMult: 5, buddySystem: false },
  'Lifeguard α 4 β 6': MEMBERLIST,
  'Lifeguard α 2 β 6': { ...MEMBERLIST, suspicionMult: 2, suspicionMaxTimeoutMult: 6 },
  'Lifeguard α 4 β 6 and deafness': { patientProbes: false },
  'Lifeguard α 4 β 6 and patience': { deafnessMembersMin: 0 },
  'profile lan: Lifeguard α 4 β 6, deafness and patience': {},
  'profile brisk': briskDefaults,
  'Lifeguard α 2 β 6, deafness and patience': { suspicionMult: 2, suspicionMaxTimeoutMult: 6 },
};

const NODES = 64;
const DURATION_MS = 120_000;
const FREE_MS = 64;
const SETTLE_MS = 5_000;

export function runAnomaly(
  { slow, holdMs }: AnomalyCell,
  knobs: Partial<Profile>,
  seed: number,
  kind: Anomaly,
): AnomalyResult {
  const pool = new SimPool({ seed, knobs });
  pool.addConverged(NODES);
  pool.run(SETTLE_MS);
  const isSlow = new Set(Array.from({ length: slow }, (_, i) => `n${i}`));
  let [falsePositives, atHealthy] = [0, 0];
  pool.observe = ({ node, fact }) => {
    if (fact.kind !== 'departed' || isSlow.has(fact.member.name)) return;
    falsePositives += 1;
    if (!isSlow.has(node)) atHealthy += 1;
  };
  const cycle = (): void => {
    for (const name of isSlow) pool[TROUBLE[kind]](name);
    pool.heap.at(pool.nowMs + holdMs, () => {
      for (const name of isSlow) pool.release(name);
    });
    pool.heap.at(pool.nowMs + holdMs + FREE_MS, cycle);
  };
  cycle();
  pool.run(DURATION_MS);
  return { falsePositives, atHealthy };
}

/** How a member goes: its process only, or its whole machine. */
export type Ending = 'crash' | 'kill';

/** ms from the end of a member until the first, the middle and all (99 %) of the others call it dead. */
export function runDetection(
  nodes: number,
  knobs: Partial<Profile>,
  seed: number,
  ending: Ending,
): { first: number; median: number; p99: number } {
  const pool = new SimPool({ seed, knobs });
  pool.addConverged(nodes);
  pool.run(SETTLE_MS + pool.random.next() * 1000);
  const killedAtMs = pool.nowMs;
  const noticed: number[] = [];
  pool.observe = ({ atMs, fact }) => {
    if (fact.kind === 'departed' && fact.member.name === 'n0') noticed.push(atMs - killedAtMs);
  };
  pool[ending]('n0');
  while (noticed.length < nodes - 1 && pool.nowMs < killedAtMs + DURATION_MS) pool.run(1000);
  const at = (share: number): number =>
    noticed[Math.min(noticed.length, Math.ceil((nodes - 1) * share)) - 1] ?? Infinity;
  return { first: noticed[0] ?? Infinity, median: at(0.5), p99: at(0.99) };
}
