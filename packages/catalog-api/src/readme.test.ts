import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Metrics } from '@tribune/platform';
import { CatalogApiMetrics } from './http/request-metrics';
import { catalogApiDefaults } from './options';

const readme = readFileSync(path.join(__dirname, '../README.md'), 'utf8');

test('the README names every metric', async () => {
  const metrics = new Metrics();
  new CatalogApiMetrics(metrics);
  const declared = metrics.registry.getMetricsAsArray().map(({ name }) => name);
  const named = [...readme.matchAll(/^\| `(tribune_catalog_api_\w+)`/gm)].map(([, name]) => name);
  expect(named).toEqual(expect.arrayContaining(declared));
});

test.each(Object.entries(catalogApiDefaults.limits))('the README tells the default of limits.%s', (name, value) => {
  expect(readme).toContain(`limits.${name}`);
  if (value < 1_000_000 || name === 'bodyBytesMax') expect(readme).toContain(String(value));
});
