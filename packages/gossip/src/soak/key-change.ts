import { randomBytes } from 'node:crypto';
import { sleep, systemClock } from '@tribune/platform';
import type { ProfileName } from '../config/profiles';
import { RelayedPool } from './relayed-pool';

const newKey = (): string => randomBytes(32).toString('base64');

/**
 * Acceptance row 46: the gossip key is changed again and again while every agent fires events. Resolves with what the
 * agents said about members meanwhile, which should be nothing, and how many events were fired.
 */
export async function changeKeysUnderLoad(
  { agents, changes, profile }: { agents: number; changes: number; profile: ProfileName },
  pauseMs: number,
): Promise<{ readonly flaps: readonly string[]; readonly fired: number; readonly failedOperations: number }> {
  let current = newKey();
  const pool = await RelayedPool.open({ agents, profile, encryptKey: current });
  const load = new AbortController();
  let [fired, failedOperations] = [0, 0];
  const firing = pool.agents.map(async (agent) => {
    const event = { name: 'load', nodeFilter: '', serviceFilter: '', tagFilter: '', payload: Buffer.alloc(100) };
    for (; !load.signal.aborted; fired++) {
      await agent.fireEvent(event);
      await sleep(systemClock, pauseMs, load.signal);
    }
  });
  /** An answer may get lost in the storm of events: asked again, the operation is the same. */
  const everywhere = async (agent: number, operation: 'install' | 'use' | 'remove', key: string): Promise<void> => {
    while ((await pool.agents[agent]!.keyring(operation, key, 2))[0]!.error !== undefined) failedOperations += 1;
  };
  try {
    for (let round = 0; round < changes; round++) {
      const next = newKey();
      await everywhere(round % agents, 'install', next);
      await everywhere((round + 1) % agents, 'use', next);
      await everywhere((round + 2) % agents, 'remove', current);
      current = next;
    }
    return { flaps: pool.changes, fired, failedOperations };
  } finally {
    load.abort();
    await Promise.all(firing);
    await pool.close();
  }
}

export async function soakKeyChange(agents: number, changes: number, profile: ProfileName): Promise<void> {
  const { flaps, fired, failedOperations } = await changeKeysUnderLoad({ agents, changes, profile }, 20);
  const cells = [`${changes} changes of the key`, `${fired} events`, `${failedOperations} asked again`];
  process.stdout.write(`| ${[...cells, `${flaps.length} flaps`].join(' | ')} |\n`);
}
