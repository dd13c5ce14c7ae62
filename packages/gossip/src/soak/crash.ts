import { setMaxListeners } from 'node:events';
import { PROFILES, type ProfileName } from '../config/profiles';
import { suspicionTerms } from '../core/suspicion';
import { startProcessPool, watchFailures } from './process-pool';

/** Many agents, some killed at once: when does each survivor know of each victim, and is anybody accused wrongly? */
export async function soakCrash(agents: number, killed: number, profile: ProfileName): Promise<void> {
  const pool = await startProcessPool(agents, [`--profile=${profile}`]);
  const [victims, survivors] = [pool.slice(0, killed), pool.slice(killed)];
  const names = new Set(victims.map(({ name }) => name));
  const abort = new AbortController();
  setMaxListeners(agents + 2, abort.signal);
  const notices: number[] = [];
  let wrong = 0;
  try {
    await Promise.all(survivors.map((agent) => agent.longestStallMs()));
    const wanted = victims.length * survivors.length;
    const killedAt = performance.now();
    await new Promise<void>((allKnow) => {
      const failed = (name: string): void => {
        if (names.has(name)) notices.push((performance.now() - killedAt) / 1000);
        else wrong += 1;
        if (notices.length === wanted) allKnow();
      };
      for (const agent of survivors) void watchFailures(agent, abort.signal, failed);
      for (const agent of victims) void agent.kill();
    });
    notices.sort((a, b) => a - b);
    const at = (share: number): string => `${notices[Math.ceil(share * (wanted - 1))]!.toFixed(1)} s`;
    const stalls = await Promise.all(survivors.map((agent) => agent.longestStallMs()));
    const cells = [
      `${agents} agents, ${killed} killed at once`,
      `${notices.length} notices`,
      `first ${at(0)}, half ${at(0.5)}, last ${at(1)}`,
      `bound ${(boundMs(agents, profile) / 1000).toFixed(1)} s`,
      `${wrong} about living members`,
      `longest stall of a process ${Math.round(Math.max(...stalls))} ms`,
    ];
    process.stdout.write(`| ${cells.join(' | ')} |\n`);
  } finally {
    abort.abort();
    await Promise.all(pool.map((agent) => agent.kill()));
  }
}

/** Everybody's turn to be probed comes once in two rounds at the latest; then the longest suspicion, and its spreading. */
function boundMs(agents: number, profile: ProfileName): number {
  const knobs = PROFILES[profile];
  const { longestMs } = suspicionTerms(knobs, agents);
  return 2 * agents * knobs.probeIntervalMs + longestMs + knobs.pushPullIntervalMs;
}
