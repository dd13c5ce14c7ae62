import { performance } from 'node:perf_hooks';
import { cpuSeconds } from '../measure/cpu';
import { Latencies } from '../measure/latencies';
import type { Target } from './target';

export interface Load {
  /** Writers, each with one write under way at a time. */
  readonly proposers: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
  /** Ends the turn early. @default unbounded */
  readonly writesMax?: number;
}

/** One turn of one target. */
export interface Turn {
  readonly writes: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time per write in µs: of all processes of the target, of its leader, and of the load generator. */
  readonly cpuUs: number;
  readonly leaderCpuUs: number;
  readonly generatorCpuUs: number;
}

interface Sample {
  readonly atMs: number;
  readonly all: number;
  readonly leader: number;
  readonly generator: number;
}

/** Keeps `proposers` writes under way and measures those that are acknowledged after the warm-up. */
export async function runProposers(target: Target, load: Load): Promise<Turn> {
  const { proposers, warmUpMs, measuredMs, writesMax = Infinity } = load;
  const latencies = new Latencies();
  const begin = performance.now() + warmUpMs;
  const end = begin + measuredMs;
  let next = 0;
  let from = warmUpMs === 0 ? sample(target) : undefined;
  let to: Sample | undefined;
  const proposer = async (): Promise<void> => {
    for (let sent = performance.now(); sent < end && next < writesMax;) {
      const answer = await target.write(next++);
      target.check?.(answer);
      const now = performance.now();
      if (now >= end) to ??= sample(target);
      else if (from) latencies.add(now - sent);
      // What was under way when the warm-up ended is not counted: part of it lies before.
      else if (now >= begin) from = sample(target);
      sent = now;
    }
  };
  await Promise.all(Array.from({ length: proposers }, proposer));
  return turnOf(latencies, from, to ?? sample(target));
}

function sample({ pids }: Target): Sample {
  const atMs = performance.now();
  const [leader = 0, ...others] = pids.map(cpuSeconds);
  const all = others.reduce((sum, seconds) => sum + seconds, leader);
  return { atMs, all, leader, generator: cpuSeconds(process.pid) };
}

function turnOf(latencies: Latencies, from: Sample | undefined, to: Sample): Turn {
  if (!from) throw new Error('nothing was acknowledged');
  const { count } = latencies;
  const us = (part: 'all' | 'leader' | 'generator'): number => ((to[part] - from[part]) * 1e6) / count;
  return {
    writes: count,
    perSecond: (count * 1000) / (to.atMs - from.atMs),
    p50Ms: latencies.percentile(50),
    p99Ms: latencies.percentile(99),
    cpuUs: us('all'),
    leaderCpuUs: us('leader'),
    generatorCpuUs: us('generator'),
  };
}
