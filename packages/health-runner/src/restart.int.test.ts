import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, RunnerFixture, service } from './testing/runner-fixture';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'agent-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

async function withAgent<T>(
  options: ConstructorParameters<typeof RunnerFixture>[0],
  use: (agent: RunnerFixture) => Promise<T>,
): Promise<T> {
  const agent = await new RunnerFixture({ dataDir, ...options }).start();
  try {
    return await use(agent);
  } finally {
    await agent.stop();
  }
}

test('registrations, TTL states and maintenance survive a restart', async () => {
  await withAgent({}, async (agent) => {
    await agent.register({ name: 'web', port: 80, check: { ttl: '1h' }, connect: { sidecar_service: {} } });
    await agent.runner.registerCheck(check({ name: 'disk', ttlNs: 1e9 }));
    await agent.runner.updateTtl('service:web', 'passing', 'fine');
    await agent.runner.serviceMaintenance('web', true, 'why');
  });
  await withAgent({}, async (agent) => {
    expect((await agent.runner.services()).map(({ service: { id } }) => id).sort()).toEqual([
      'web',
      'web-sidecar-proxy',
    ]);
    const checks = await agent.localChecks();
    expect(checks).toEqual(
      expect.arrayContaining(['service:web passing fine', 'disk critical', '_service_maintenance:web critical']),
    );
    await agent.runner.deregisterService('web');
  });
  await withAgent({}, async (agent) => {
    expect([await agent.runner.services(), await agent.localChecks()]).toEqual([[], ['disk critical']]);
  });
});

test('a definition from a file wins over a stored one and is not stored itself', async () => {
  await withAgent({}, (agent) => agent.register({ name: 'web', port: 1 }));
  await withAgent({ services: [service({ name: 'web', port: 2 })] }, async (agent) => {
    expect((await agent.runner.services()).map(({ service: { port }, fromFile }) => [port, fromFile])).toEqual([
      [2, true],
    ]);
  });
  expect(await readdir(join(dataDir, 'services'))).toEqual([]);
});

test('a damaged file costs its registration, not the start', async () => {
  await withAgent({}, (agent) => agent.register({ name: 'web' }));
  await writeFile(join(dataDir, 'services', 'damaged'), '{"version":1,');
  await writeFile(join(dataDir, 'checks', 'odd'), '{"version":1,"id":"odd","value":{"definition":5,"serviceId":""}}');
  await withAgent({}, async (agent) => {
    expect((await agent.runner.services()).map(({ service: { id } }) => id)).toEqual(['web']);
    expect(agent.logger.messages('error')).toContain('skipped a damaged file');
  });
});

test('a disk that refuses is reported, and the agent goes on', async () => {
  await withAgent({}, async (agent) => {
    await rm(join(dataDir, 'services'), { recursive: true });
    await writeFile(join(dataDir, 'services'), 'in the way');
    const outcome = await agent.runner.registerService(service({ name: 'web' }), { replaceExistingChecks: false });
    expect(outcome).toMatchObject({ ok: false, kind: 'failed', reason: expect.stringContaining('failed to persist') });
    await agent.clock.elapse(0);
    expect(agent.catalogServices()).toEqual(['web']);
    expect(agent.logger.messages('error')).toEqual(['change not stored']);
  });
});
