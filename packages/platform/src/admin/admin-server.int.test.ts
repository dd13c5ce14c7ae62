import { Metrics } from '../metrics/metrics';
import type { Readiness } from '../lifecycle/startable';
import { AdminServer } from './admin-server';

describe('the admin server', () => {
  const metrics = new Metrics();
  let readiness: Readiness = { ready: false, reason: 'no leader yet' };
  const server = new AdminServer({ host: '127.0.0.1', port: 0 }, { metrics, readiness: () => readiness });
  const get = async (path: string): Promise<[number, string]> => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
    return [response.status, await response.text()];
  };
  beforeAll(() => server.start());
  afterAll(() => server.stop());

  it('tells liveness and readiness apart', async () => {
    expect(await get('/healthz')).toEqual([200, 'ok\n']);
    expect(await get('/readyz')).toEqual([503, 'no leader yet\n']);
    readiness = { ready: true };
    expect(await get('/readyz')).toEqual([200, 'ready\n']);
  });

  it('exposes the metrics of the process and nothing else', async () => {
    metrics.counter('tribune_test_total', 'A test', ['kind']).inc({ kind: 'a' });
    expect((await get('/metrics'))[1]).toContain('tribune_test_total{kind="a"} 1');
    expect(await get('/etc/passwd')).toEqual([404, '']);
  });
});
