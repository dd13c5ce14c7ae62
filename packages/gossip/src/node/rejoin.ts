import type { Logger } from '@tribune/platform';
import type { Snapshot } from './snapshot-replay';

/** Members of the snapshot that are contacted although somebody answered already. */
const FURTHER_MAX = 16;

export interface RejoiningPool {
  /** Undefined: nobody has spoken of it yet. */
  member(name: string): unknown;
  join(addresses: readonly string[]): Promise<{ readonly joined: number }>;
}

/** Finds the pool again by the members that a snapshot names: one after another, the sooner the pool is whole the fewer. */
export async function rejoin(
  before: Snapshot['alive'],
  pool: RejoiningPool,
  signal: AbortSignal,
  logger: Logger,
): Promise<void> {
  logger.info('trying to rejoin members known before', { members: before.size });
  let reached = 0;
  let further = FURTHER_MAX;
  for (const [name, address] of before) {
    if (signal.aborted) return;
    // Who was restarted together with us knows as little as we do: go on to those of whom nobody has spoken.
    if (reached > 0 && (pool.member(name) || further-- <= 0)) continue;
    const outcome = await pool.join([address]).catch(() => ({ joined: 0 }));
    reached += outcome.joined;
  }
  if (reached === 0) logger.warn('no member known before could be reached');
}
