import { sleep, systemClock } from '@tribune/platform';
import type { ProfileName } from '../config/profiles';
import { RelayedPool } from './relayed-pool';

/** Acceptance row 34: nobody is called failed while packets get lost, nor while UDP does not work but TCP does. */
export async function soakLoss(agents: number, minutes: number, profile: ProfileName): Promise<void> {
  const pool = await RelayedPool.open({ agents, profile });
  try {
    for (const loss of [0.3, 1]) {
      const before = pool.changes.length;
      pool.loss = loss;
      await sleep(systemClock, minutes * 60_000);
      const changes = pool.changes.slice(before);
      const verdicts = changes.filter((change) => change.startsWith('failed')).length;
      const cells = [
        `${loss * 100} % of UDP lost`,
        `${minutes} min`,
        `${pool.lost} packets lost`,
        `${verdicts} verdicts`,
      ];
      process.stdout.write(`| ${cells.join(' | ')} |\n`);
      pool.loss = 0;
    }
  } finally {
    await pool.close();
  }
}
