import type { Turn } from '../load/proposers';

export interface Row {
  readonly setting: string;
  readonly target: string;
  readonly turn: Turn;
  /** Throughput as a multiple of what it is compared with; undefined for the one that it is compared with. */
  readonly ratio?: number;
}

const HEAD = [
  'setting',
  'target',
  'writes/s',
  'ratio',
  'p50 ms',
  'p99 ms',
  'CPU µs per write',
  'of it leader',
  'generator',
];

/** Markdown, for docs/performance.md. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ setting, target, turn, ratio }) => [
    setting,
    target,
    turn.perSecond.toFixed(0),
    ratio === undefined ? '' : ratio.toFixed(2),
    turn.p50Ms.toFixed(2),
    turn.p99Ms.toFixed(2),
    turn.cpuUs.toFixed(0),
    turn.leaderCpuUs.toFixed(0),
    turn.generatorCpuUs.toFixed(0),
  ]);
  return [HEAD, HEAD.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
