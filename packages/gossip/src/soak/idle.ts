import { setMaxListeners } from 'node:events';
import { sleep, systemClock } from '@tribune/platform';
import type { AgentProcess } from './agent-process';
import { startProcessPool, watchFailures } from './process-pool';

const SAMPLE_MS = 60_000;
/** Agents whose garbage is collected every so many minutes, to tell a leak from garbage; the others are left alone. */
const WATCHED_HEAPS = 2;
const HEAP_EVERY_MINUTES = 5;
/** Minutes that count for the slope: the last ones. */
const SLOPE_MINUTES = 20;
const MIB = 2 ** 20;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Many quiet agents for a long time: what each costs, and whether anybody is called failed. */
export async function soakIdle(agents: number, minutes: number, args: readonly string[]): Promise<void> {
  const pool = await startProcessPool(agents, args);
  const abort = new AbortController();
  setMaxListeners(agents + 2, abort.signal);
  let failures = 0;
  const watching = pool.map((agent) => watchFailures(agent, abort.signal, () => (failures += 1)));
  const resident: number[] = [];
  try {
    print('minute', 'memory, MiB: mean', 'most', 'CPU of an agent: mean', 'most', 'called failed', 'stall', 'heaps');
    await stalls(pool);
    let before = costs(pool);
    for (let minute = 1; minute <= minutes; minute++) {
      await sleep(systemClock, SAMPLE_MS, abort.signal);
      const now = costs(pool);
      const cpu = now.map(({ cpuSeconds }, i) => ((cpuSeconds - before[i]!.cpuSeconds) / SAMPLE_MS) * 100_000);
      const memory = now.slice(WATCHED_HEAPS).map(({ residentMiB }) => residentMiB);
      resident.push(mean(memory));
      before = now;
      const share = (percent: number): string => `${percent.toFixed(2)} %`;
      const megabytes = [mean(memory), Math.max(...memory)].map((value) => value.toFixed(1));
      const stall = `${Math.round(await stalls(pool))} ms`;
      const heaps = minute % HEAP_EVERY_MINUTES === 0 ? await heapsOf(pool) : '';
      print(minute, ...megabytes, share(mean(cpu)), share(Math.max(...cpu)), failures, stall, heaps);
    }
    print(`memory grows by ${slope(resident.slice(-SLOPE_MINUTES)).toFixed(3)} MiB a minute at the end`);
  } finally {
    abort.abort();
    await Promise.allSettled(watching);
    await Promise.all(pool.map((agent) => agent.kill()));
  }
}

const costs = (pool: readonly AgentProcess[]) => pool.map((agent) => agent.cost());
const print = (...cells: readonly (string | number)[]): void => void process.stdout.write(`| ${cells.join(' | ')} |\n`);

const stalls = async (pool: readonly AgentProcess[]): Promise<number> =>
  Math.max(...(await Promise.all(pool.map((agent) => agent.longestStallMs()))));

async function heapsOf(pool: readonly AgentProcess[]): Promise<string> {
  const heaps = await Promise.all(pool.slice(0, WATCHED_HEAPS).map((agent) => agent.heapWithoutGarbage()));
  return heaps.map((bytes) => `${(bytes / MIB).toFixed(2)} MiB`).join(', ');
}

/** Least squares over equidistant values, per step. */
function slope(values: readonly number[]): number {
  const [middle, average] = [(values.length - 1) / 2, mean(values)];
  const covariance = values.reduce((sum, value, i) => sum + (i - middle) * (value - average), 0);
  return covariance / values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
}
