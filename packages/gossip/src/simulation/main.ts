import {
  ANOMALY_GRID,
  VARIANTS,
  runAnomaly,
  runDetection,
  type Anomaly,
  type AnomalyResult,
  type Ending,
} from './anomalies';
import { modelledSpreadMs, runLoad, runSpread } from './spread';

/** Prints the figures of docs/gossip.md: `node --max-old-space-size=12000 dist/simulation/main.js [anomalies-held|anomalies-blocked|anomalies-paused|detection|detection-of-crash|spread|load]…` */
const SEEDS = [1, 2, 3, 4, 5];
const SIZES = [10, 32, 100, 1_000, 10_000];
const LOAD_SECONDS = 10;

const print = (...cells: readonly (string | number)[]): void => void process.stdout.write(`| ${cells.join(' | ')} |\n`);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const seconds = (ms: number): string => (ms / 1000).toFixed(2);

const EXPERIMENTS: Readonly<Record<string, () => void>> = {
  'anomalies-held': () => anomalies('held'),
  'anomalies-blocked': () => anomalies('blocked'),
  'anomalies-paused': () => anomalies('paused'),
  detection: () => detection('kill'),
  'detection-of-crash': () => detection('crash'),
  spread() {
    print('members', '50 %', '99 %', '99.99 %', 'all', 'serf model 99 %', 'serf model 99.99 %');
    for (const size of SIZES) {
      const runs = (size > 1000 ? SEEDS.slice(0, 2) : SEEDS).map((seed) => runSpread(size, seed));
      const cells = (['p50', 'p99', 'p9999', 'all'] as const).map((of) => seconds(mean(runs.map((run) => run[of]))));
      print(size, ...cells, ...[0.99, 0.9999].map((share) => seconds(modelledSpreadMs(size, share))));
    }
  },
  load() {
    print('members', 'packets/s', 'UDP bytes/s', 'exchange bytes/s', 'CPU µs/s');
    for (const size of SIZES) {
      const cpuMs = (): number => process.cpuUsage().user / 1000;
      const { packets, bytes, exchangeBytes, cpuUs } = runLoad(size, LOAD_SECONDS, cpuMs);
      print(size, packets.toFixed(1), Math.round(bytes), Math.round(exchangeBytes), Math.round(cpuUs));
    }
  },
};

function detection(ending: Ending): void {
  print('variant, 64 members', 'first', 'half', '99 %');
  for (const [name, knobs] of Object.entries(VARIANTS)) {
    const runs = SEEDS.map((seed) => runDetection(64, knobs, seed, ending));
    print(name, ...(['first', 'median', 'p99'] as const).map((of) => seconds(mean(runs.map((run) => run[of])))));
  }
}

function anomalies(kind: Anomaly): void {
  const columns = ANOMALY_GRID.map(({ slow, holdMs }) => `C${slow} D${Math.round(holdMs / 1000)}s`);
  print('variant', ...columns, 'sum FP (healthy observers)');
  for (const [name, knobs] of Object.entries(VARIANTS)) {
    const cells = ANOMALY_GRID.map((cell) => SEEDS.map((seed) => runAnomaly(cell, knobs, seed, kind)));
    const sum = (of: keyof AnomalyResult): number => mean(cells.flat().map((result) => result[of])) * cells.length;
    const each = cells.map((results) => mean(results.map(({ falsePositives }) => falsePositives)).toFixed(1));
    print(name, ...each, `${sum('falsePositives').toFixed(1)} (${sum('atHealthy').toFixed(1)})`);
  }
}

const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : Object.keys(EXPERIMENTS)) {
  process.stdout.write(`\n### ${name}\n\n`);
  EXPERIMENTS[name]?.();
}
