import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Metrics } from '@tribune/platform';
import { commandLineSpecs } from './command-line';
import { dnsMetrics } from './metrics';

const readme = readFileSync(join(__dirname, '../README.md'), 'utf8');
const tests = readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(__dirname, file), 'utf8'))
  .join('\n');

describe('the README', () => {
  it('tells every metric', async () => {
    const metrics = new Metrics();
    dnsMetrics(metrics, { cachedAnswers: () => 0, followedServices: () => 0, tcpConnections: () => 0 });
    for (const { name } of await metrics.registry.getMetricsAsJSON()) {
      expect(readme).toContain(`\`${name.replace('tribune_dns_gateway_', '')}\``);
    }
  });

  it('tells every flag', () => {
    // `soa-retry` stands as `-retry` behind its first sibling.
    const isTold = (flag: string): boolean =>
      readme.includes(`\`${flag}\``) || readme.includes(`\`${flag.replace(/^[a-z]+/, '')}\``);
    expect(Object.keys(commandLineSpecs).filter((flag) => !isTold(flag))).toEqual([]);
  });

  it('names tests that exist', () => {
    const promises = readme.slice(readme.indexOf('## Promises'), readme.indexOf('## Where'));
    const named = [...promises.matchAll(/"([^"]+)"/g)].map((match) => match[1]!);
    expect(named.length).toBeGreaterThan(6);
    for (const name of named) expect(tests).toContain(name);
  });
});
