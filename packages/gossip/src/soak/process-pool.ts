import { AgentProcess } from './agent-process';

/** Agents started at once: more would only wait for one another's CPU. */
const STARTS_AT_ONCE = 8;

/** Starts `count` agents that all know each other. */
export async function startProcessPool(count: number, args: readonly string[]): Promise<AgentProcess[]> {
  const first = await AgentProcess.start('n0', args);
  const pool = [first];
  while (pool.length < count) {
    const names = Array.from({ length: Math.min(STARTS_AT_ONCE, count - pool.length) }, (_, i) => pool.length + i);
    const join = [`--retry-join=${first.address}`, '--retry-interval-ms=500'];
    pool.push(...(await Promise.all(names.map((i) => AgentProcess.start(`n${i}`, [...join, ...args])))));
  }
  await Promise.all(pool.map((agent) => untilAlive(agent, count)));
  return pool;
}

/** Waits until an agent sees so many members alive. */
export async function untilAlive({ membership }: AgentProcess, count: number): Promise<void> {
  const abort = new AbortController();
  for await (const { kind } of membership.watch(abort.signal)) {
    if (kind === 'userEvent') continue;
    const members = await membership.members('lan');
    if (members.filter(({ status }) => status === 'alive').length === count) return abort.abort();
  }
}

/** Reports every member that an agent calls failed, until `signal` aborts. */
export async function watchFailures(
  { membership }: AgentProcess,
  signal: AbortSignal,
  failed: (name: string) => void,
): Promise<void> {
  for await (const event of membership.watch(signal)) if (event.kind === 'failed') failed(event.member.name);
}
