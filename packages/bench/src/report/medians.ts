import type { Turn } from '../load/proposers';

/** Field by field: the median of each figure over the turns. */
export function medianTurn(turns: readonly Turn[]): Turn {
  const median = (field: keyof Turn): number => {
    const sorted = turns.map((turn) => turn[field]).sort((a, b) => a - b);
    return sorted[sorted.length >> 1]!;
  };
  return {
    writes: median('writes'),
    perSecond: median('perSecond'),
    p50Ms: median('p50Ms'),
    p99Ms: median('p99Ms'),
    cpuUs: median('cpuUs'),
    leaderCpuUs: median('leaderCpuUs'),
    generatorCpuUs: median('generatorCpuUs'),
  };
}
