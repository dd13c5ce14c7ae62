import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { briskDefaults, type Profile } from '../config/profiles';
import { runDetection } from './anomalies';
import { lineChart, type Series } from './line-chart';
import { modelledSpreadMs, runSpread } from './spread';

const SIZES = [10, 32, 100, 316, 1_000];
const SEEDS = [1, 2, 3];

/** Draws the plots of docs/gossip.md: `node dist/simulation/plots.js <folder>`, about a minute. */
function main(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'gossip-spread.svg'), spreadPlot());
  writeFileSync(join(folder, 'gossip-detection.svg'), detectionPlot());
}

function spreadPlot(): string {
  const measured = SIZES.map((size) => SEEDS.map((seed) => runSpread(size, seed)));
  const series: Series[] = [
    { name: 'everybody', colour: '#1b6ca8', points: perSize(measured, ({ all }) => all) },
    { name: '99 %', colour: '#56a3d9', points: perSize(measured, ({ p99 }) => p99) },
    { name: 'serf’s model, 99.99 %', colour: '#b5541c', isDashed: true, points: modelled(0.9999) },
    { name: 'serf’s model, 99 %', colour: '#e29a6b', isDashed: true, points: modelled(0.99) },
  ];
  return lineChart({
    title: 'Until members have the news of one of them',
    xLabel: 'members',
    yLabel: 'seconds',
    series,
  });
}

const modelled = (share: number): Series['points'] =>
  SIZES.map((size) => [size, modelledSpreadMs(size, share) / 1000] as const);

function detectionPlot(): string {
  const runs = (knobs: Partial<Profile>) =>
    SIZES.map((size) => SEEDS.map((seed) => runDetection(size, knobs, seed, 'kill')));
  const [lan, brisk] = [runs({}), runs(briskDefaults)];
  const series: Series[] = [
    { name: 'lan: 99 % know', colour: '#b5541c', points: perSize(lan, ({ p99 }) => p99) },
    { name: 'lan: first knows', colour: '#e29a6b', points: perSize(lan, ({ first }) => first) },
    { name: 'brisk: 99 % know', colour: '#1b6ca8', points: perSize(brisk, ({ p99 }) => p99) },
    { name: 'brisk: first knows', colour: '#56a3d9', points: perSize(brisk, ({ first }) => first) },
  ];
  return lineChart({ title: 'From a crash until it is known', xLabel: 'members', yLabel: 'seconds', series });
}

/** Means over the seeds, in seconds. */
function perSize<R>(runs: readonly (readonly R[])[], ms: (run: R) => number): Series['points'] {
  return SIZES.map((size, i) => {
    const values = runs[i]!.map(ms);
    return [size, values.reduce((sum, value) => sum + value, 0) / values.length / 1000] as const;
  });
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('usage: node dist/simulation/plots.js <folder>\n');
  process.exitCode = 1;
} else main(folder);
