import type { Random } from '@tribune/platform';
import { TIMER_MS_MAX } from '../schedule/agenda';

/** Clusters up to this size sync at the base interval (Consul, "Anti-Entropy"). */
const NODES_AT_BASE = 128;

/** Each doubling of the cluster adds one base interval, so that the load on the servers grows with the logarithm. */
export function syncScale(nodes: number): number {
  return nodes <= NODES_AT_BASE ? 1 : Math.ceil(Math.log2(nodes / NODES_AT_BASE)) + 1;
}

/** The pause before the next full sync: the scaled interval and up to as much again, so that agents do not march in step. */
export function fullSyncDelayMs(baseMs: number, nodes: number, random: Random): number {
  return Math.min(TIMER_MS_MAX, baseMs * syncScale(nodes) * (1 + random.next()));
}

/** A failed sync is tried again soon, then less and less often up to the maximum, with a quarter of jitter. */
export function retryDelayMs(failures: number, maxMs: number, random: Random): number {
  const doubled = Math.min(maxMs, 250 * 2 ** Math.min(failures - 1, 20));
  return doubled * (1 + random.next() / 4);
}

/** Outputs alone wait between a half and one and a half intervals (Consul's `check_update_interval`). */
export function outputDelayMs(intervalMs: number, random: Random): number {
  return Math.min(TIMER_MS_MAX, intervalMs * (0.5 + random.next()));
}
