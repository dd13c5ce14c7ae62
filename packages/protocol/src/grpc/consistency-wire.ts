import { invalidArgument } from '../api/api-error';
import type { ReadConsistency } from '../api/catalog';

/** Enums arrive as their name, or as a number when this build does not know the value. */
export type WireConsistency = 'LINEARIZABLE' | 'STALE' | number;

export const consistencyToWire = (consistency: ReadConsistency = 'linearizable'): WireConsistency =>
  consistency === 'stale' ? 'STALE' : 'LINEARIZABLE';

export function consistencyFromWire(wire: WireConsistency): ReadConsistency {
  if (wire === 'LINEARIZABLE') return 'linearizable';
  if (wire === 'STALE') return 'stale';
  throw invalidArgument('consistency', `${wire} is neither LINEARIZABLE nor STALE`);
}
