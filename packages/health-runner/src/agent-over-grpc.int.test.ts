import { silentLogger, systemClock } from '@tribune/platform';
import { AgentService, connectAgent, GrpcServer, type AgentClient } from '@tribune/protocol';
import { check, NODE, RunnerFixture, service } from './testing/runner-fixture';

let agent: RunnerFixture;
let server: GrpcServer;
let client: AgentClient;

beforeEach(async () => {
  agent = await new RunnerFixture({ enableScriptChecks: true }).start();
  server = new GrpcServer({ address: '127.0.0.1:0' }, silentLogger);
  server.add('tribune.agent.v1.Agent', new AgentService({ api: agent.runner, clock: systemClock }).implementation());
  await server.start();
  client = connectAgent({ address: `127.0.0.1:${server.port}` });
});
afterEach(async () => {
  client.close();
  await server.stop();
  await agent.stop();
});

const WEB = service({
  id: 'w1',
  name: 'web',
  tags: ['a'],
  port: 80,
  address: '10.0.0.9',
  meta: { k: 'v' },
  weights: { passing: 3, warning: 2 },
  enable_tag_override: true,
  proxy: { destination_service_name: 'x', config: { big: 3304740253564472344n } },
  checks: [
    { ttl: '10s', header: { a: ['1', '2'] }, failuresbeforecritical: 3, deregister_critical_service_after: '1h' },
    { args: ['true', '-x'], interval: '1h', timeout: '1s' },
  ],
  connect: { sidecar_service: { port: 7000 } },
});

test('a definition arrives with every field, and comes back the same', async () => {
  expect(await client.registerService(WEB, { replaceExistingChecks: true })).toEqual({ ok: true });
  const [there, here] = [await client.services(), await agent.runner.services()];
  expect(there).toEqual(here);
  expect(there[0]!.service.proxy!.Config).toEqual({ big: 3304740253564472344n });
  expect(await client.checks()).toEqual(await agent.runner.checks());
  expect(await client.node()).toEqual({ ...NODE, meta: { 'consul-network-segment': '' } });
});

test('refusals come back with their kind and text', async () => {
  expect(await client.updateTtl('nope', 'passing', '')).toEqual({
    ok: false,
    kind: 'failed',
    reason: 'CheckID "nope" does not have associated TTL',
  });
  expect(await client.serviceMaintenance('nope', true, '')).toMatchObject({ ok: false, kind: 'notFound' });
});

test('everything else works from afar as well', async () => {
  await client.registerService(service({ name: 'web' }), { replaceExistingChecks: false });
  expect(await client.registerCheck(check({ name: 'c', ttlNs: 1e9 }))).toEqual({ ok: true });
  await client.updateTtl('c', 'warning', 'hm');
  await client.nodeMaintenance(true, 'why');
  const checks = (await client.checks()).map(({ checkId, status }) => `${checkId} ${status}`);
  expect(checks).toEqual(['c warning', '_node_maintenance critical']);
  await client.deregisterCheck('c');
  await client.deregisterService('web');
  await client.reload([service({ name: 'file' })], [check({ name: 'f', ttlNs: 1e9 })], { rack: 'r' });
  expect((await client.services()).map(({ service: { id }, fromFile }) => [id, fromFile])).toEqual([['file', true]]);
  expect(await client.syncNow()).toEqual({ ok: true });
  expect(agent.catalogServices()).toEqual(['file']);
});

test('a change wakes who waits, and an aborted wait ends at once', async () => {
  const version = await client.changed(0, new AbortController().signal);
  const next = client.changed(version, new AbortController().signal);
  const abort = new AbortController();
  const abandoned = client.changed(version, abort.signal);
  abort.abort();
  expect(await abandoned).toBe(version);
  await client.registerService(service({ name: 'web' }), { replaceExistingChecks: false });
  expect(await next).toBeGreaterThan(version);
});
