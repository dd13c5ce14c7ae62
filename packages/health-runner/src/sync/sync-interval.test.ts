import { seededRandom } from '@tribune/platform';
import { fullSyncDelayMs, outputDelayMs, retryDelayMs, syncScale } from './sync-interval';

test.each([
  [1, 1],
  [128, 1],
  [129, 2],
  [256, 2],
  [257, 3],
  [512, 3],
  [513, 4],
  [1024, 4],
])('a cluster of %d nodes syncs every %d base intervals', (nodes, scale) => {
  expect(syncScale(nodes)).toBe(scale);
});

const draws = (draw: () => number): { low: number; high: number } => {
  const values = Array.from({ length: 500 }, draw);
  return { low: Math.min(...values), high: Math.max(...values) };
};

test('full syncs of many agents spread over a whole interval', () => {
  const random = seededRandom(1);
  const { low, high } = draws(() => fullSyncDelayMs(60_000, 100, random));
  expect(low).toBeGreaterThanOrEqual(60_000);
  expect(high).toBeLessThan(120_000);
  expect(high - low).toBeGreaterThan(50_000);
});

test('retries slow down to the maximum', () => {
  const random = { ...seededRandom(1), next: () => 0 };
  expect([1, 2, 3, 7, 50].map((failures) => retryDelayMs(failures, 15_000, random))).toEqual([
    250, 500, 1000, 15_000, 15_000,
  ]);
});

test('outputs wait around their interval', () => {
  const random = seededRandom(1);
  const { low, high } = draws(() => outputDelayMs(300_000, random));
  expect([low >= 150_000, high < 450_000]).toEqual([true, true]);
});
