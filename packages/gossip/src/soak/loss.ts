import { seededRandom, sleep, systemClock } from '@tribune/platform';
import type { ProfileName } from '../config/profiles';
import { AgentProcess } from './agent-process';
import { LossyRelay } from './lossy-relay';
import { untilAlive, watchFailures } from './process-pool';

/**
 * Acceptance row 34: nobody is called failed while packets get lost, nor while UDP does not work but TCP does. Each agent
 * is a process of its own behind a relay.
 */
export async function soakLoss(agents: number, minutes: number, profile: ProfileName): Promise<void> {
  const random = seededRandom(1);
  const relays = await Promise.all(Array.from({ length: agents }, () => LossyRelay.open(() => random.next())));
  const pool = await Promise.all(relays.map((relay, i) => startBehind(relay, `n${i}`, relays[0]!, profile)));
  const abort = new AbortController();
  try {
    await Promise.all(pool.map((agent) => untilAlive(agent, agents)));
    let verdicts = 0;
    for (const agent of pool) void watchFailures(agent, abort.signal, () => (verdicts += 1));
    for (const loss of [0.3, 1]) {
      verdicts = 0;
      await Promise.all(pool.map((agent) => agent.longestStallMs()));
      const lostBefore = relays.reduce((sum, { lost }) => sum + lost, 0);
      for (const relay of relays) relay.loss = loss;
      await sleep(systemClock, minutes * 60_000);
      const lost = relays.reduce((sum, relay) => sum + relay.lost, 0) - lostBefore;
      const stalls = await Promise.all(pool.map((agent) => agent.longestStallMs()));
      const cells = [
        `${agents} agents`,
        `${loss * 100} % of UDP lost`,
        `${minutes} min`,
        `${lost} packets lost`,
        `${verdicts} verdicts`,
        `longest stall of a process ${Math.round(Math.max(...stalls))} ms`,
      ];
      process.stdout.write(`| ${cells.join(' | ')} |\n`);
      for (const relay of relays) relay.loss = 0;
    }
  } finally {
    abort.abort();
    await Promise.all(pool.map((agent) => agent.kill()));
    await Promise.all(relays.map((relay) => relay.close()));
  }
}

async function startBehind(
  relay: LossyRelay,
  name: string,
  first: LossyRelay,
  profile: ProfileName,
): Promise<AgentProcess> {
  const join = relay === first ? [] : [`--retry-join=127.0.0.1:${first.port}`, '--retry-interval-ms=500'];
  const agent = await AgentProcess.start(name, [`--profile=${profile}`, `--advertise-port=${relay.port}`, ...join]);
  relay.relayTo(agent.ports.lanPort);
  return agent;
}
