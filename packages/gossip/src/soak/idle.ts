import { sleep, systemClock } from '@tribune/platform';
import type { AgentProcess } from './agent-process';
import { startProcessPool, watchFailures } from './process-pool';

const SAMPLE_MS = 60_000;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Many quiet agents for a long time: what each costs, and whether anybody is called failed. */
export async function soakIdle(agents: number, minutes: number, args: readonly string[]): Promise<void> {
  const pool = await startProcessPool(agents, args);
  const abort = new AbortController();
  let failures = 0;
  const watching = pool.map((agent) => watchFailures(agent, abort.signal, () => (failures += 1)));
  try {
    print('minute', 'memory, MiB: mean', 'most', 'CPU of an agent: mean', 'most', 'called failed');
    let before = costs(pool);
    for (let minute = 1; minute <= minutes; minute++) {
      await sleep(systemClock, SAMPLE_MS, abort.signal);
      const now = costs(pool);
      const cpu = now.map(({ cpuSeconds }, i) => ((cpuSeconds - before[i]!.cpuSeconds) / SAMPLE_MS) * 100_000);
      const memory = now.map(({ residentMiB }) => residentMiB);
      before = now;
      const share = (percent: number): string => `${percent.toFixed(2)} %`;
      const megabytes = [mean(memory), Math.max(...memory)].map((value) => value.toFixed(1));
      print(minute, ...megabytes, share(mean(cpu)), share(Math.max(...cpu)), failures);
    }
  } finally {
    abort.abort();
    await Promise.allSettled(watching);
    await Promise.all(pool.map((agent) => agent.kill()));
  }
}

const costs = (pool: readonly AgentProcess[]) => pool.map((agent) => agent.cost());
const print = (...cells: readonly (string | number)[]): void => void process.stdout.write(`| ${cells.join(' | ')} |\n`);
