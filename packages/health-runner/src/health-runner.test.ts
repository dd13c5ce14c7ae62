import { check, fileService, NODE, RunnerFixture, service } from './testing/runner-fixture';

let agent: RunnerFixture;
afterEach(() => agent.stop());

describe('registration', () => {
  beforeEach(async () => {
    agent = await new RunnerFixture().start();
  });

  test('the node is in the catalog before anything else is', () => {
    expect(agent.state.view.tables.nodes.get('n1')).toMatchObject({
      address: '10.0.0.1',
      meta: { 'consul-network-segment': '' },
    });
  });

  test('a service and its checks reach the catalog at once, named by the rules of Consul', async () => {
    await agent.register({ name: 'web', port: 80, check: { ttl: '10s' } });
    await agent.register({ id: 'w2', name: 'web', checks: [{ ttl: '1s' }, { ttl: '1s', checkid: 'own' }] });
    expect(agent.catalogServices()).toEqual(['w2', 'web']);
    expect(agent.catalogChecks()).toEqual(['own critical', 'service:w2:1 critical', 'service:web critical']);
  });

  test('an address is also the tagged address of its family', async () => {
    await agent.register({ name: 'web', port: 80, address: '10.0.0.9' });
    const [instance] = await agent.runner.services();
    const own = { address: '10.0.0.9', port: 80 };
    expect(instance!.service.taggedAddresses).toEqual({ lan_ipv4: own, wan_ipv4: own });
  });

  test('registering again keeps the state of the checks', async () => {
    await agent.register({ name: 'web', check: { ttl: '10s' } });
    await agent.runner.updateTtl('service:web', 'passing', 'ok');
    await agent.register({ name: 'web', tags: ['new'], check: { ttl: '10s' } });
    expect(agent.catalogChecks()).toEqual(['service:web passing ok']);
  });

  test('checks that are no longer named stay, unless they are to be replaced', async () => {
    await agent.register({
      name: 'web',
      checks: [
        { ttl: '10s', checkid: 'a' },
        { ttl: '10s', checkid: 'b' },
      ],
    });
    await agent.register({ name: 'web', check: { ttl: '10s', checkid: 'a' } });
    expect(agent.catalogChecks()).toEqual(['a critical', 'b critical']);
    await agent.register({ name: 'web', check: { ttl: '10s', checkid: 'a' } }, true);
    expect(agent.catalogChecks()).toEqual(['a critical']);
  });

  test('a deregistered service leaves with its checks and its sidecar', async () => {
    await agent.register({ name: 'web', port: 80, check: { ttl: '10s' }, connect: { sidecar_service: {} } });
    expect(agent.catalogServices()).toEqual(['web', 'web-sidecar-proxy']);
    await agent.runner.deregisterService('web');
    await agent.clock.elapse(0);
    expect([agent.catalogServices(), agent.catalogChecks()]).toEqual([[], []]);
  });

  test('sidecars get the lowest free port and keep it', async () => {
    const sidecar = { connect: { sidecar_service: {} } };
    for (const name of ['a', 'b', 'a']) await agent.register({ name, port: 1, ...sidecar });
    const ports = (await agent.runner.services()).map(({ service: { id, port } }) => `${id} ${port}`);
    expect(ports).toEqual(['a 1', 'a-sidecar-proxy 21000', 'b 1', 'b-sidecar-proxy 21001']);
  });

  test('a check of an unknown service is refused', async () => {
    expect(await agent.runner.registerCheck(check({ name: 'c', ttlNs: 1e9, serviceId: 'zzz' }))).toEqual({
      ok: false,
      kind: 'failed',
      reason: 'ServiceID "zzz" does not exist',
    });
  });
});

describe('scripts', () => {
  const script = check({ name: 's', args: ['true'], intervalNs: 1e9 });
  const reasonOf = async (options: ConstructorParameters<typeof RunnerFixture>[0]): Promise<unknown> => {
    agent = await new RunnerFixture(options).start();
    return { api: await agent.runner.registerCheck(script), log: agent.logger.messages('error') };
  };

  test('are refused unless enabled', async () => {
    expect(await reasonOf({ checks: [script] })).toMatchObject({ api: { ok: false }, log: ['definition refused'] });
  });

  test('enabled for files only, are refused from the API', async () => {
    const outcome = await reasonOf({ checks: [{ ...script, name: 'f' }], enableLocalScriptChecks: true });
    expect(outcome).toMatchObject({ api: { ok: false, reason: expect.stringContaining('remote calls') }, log: [] });
  });

  test('enabled, are taken from both', async () => {
    expect(await reasonOf({ checks: [script], enableScriptChecks: true })).toMatchObject({
      api: { ok: true },
      log: [],
    });
  });
});

describe('TTL checks', () => {
  beforeEach(async () => {
    agent = await new RunnerFixture().start();
    await agent.register({ name: 'web', check: { ttl: '10s' } });
  });

  test('expire with the last output, and recover', async () => {
    await agent.runner.updateTtl('service:web', 'passing', 'fine');
    await agent.clock.elapse(9_999);
    expect(agent.catalogChecks()).toEqual(['service:web passing fine']);
    await agent.clock.elapse(1);
    expect(agent.catalogChecks()).toEqual([
      'service:web critical TTL expired (last output before timeout follows): fine',
    ]);
    await agent.runner.updateTtl('service:web', 'warning', '');
    await agent.clock.elapse(0);
    expect(agent.catalogChecks()).toEqual(['service:web warning']);
  });

  test('a long note keeps its head', async () => {
    await agent.runner.updateTtl('service:web', 'passing', 'x'.repeat(5000));
    expect((await agent.runner.checks())[0]!.output).toBe(`${'x'.repeat(4096)} ... (captured 4096 of 5000 bytes)`);
  });

  test('an update of anything else is refused', async () => {
    expect(await agent.runner.updateTtl('nope', 'passing', '')).toEqual({
      ok: false,
      kind: 'failed',
      reason: 'CheckID "nope" does not have associated TTL',
    });
  });
});

describe('the way into the catalog', () => {
  beforeEach(async () => {
    agent = await new RunnerFixture({ checkUpdateIntervalNs: 60e9 }).start();
    await agent.register({ name: 'web', check: { ttl: '1h' } });
    await agent.runner.updateTtl('service:web', 'passing', 'one');
    await agent.clock.elapse(0);
  });

  test('a new output alone waits, a new status does not', async () => {
    const before = agent.revision;
    await agent.runner.updateTtl('service:web', 'passing', 'two');
    await agent.clock.elapse(29_999);
    expect(agent.revision).toBe(before);
    await agent.runner.updateTtl('service:web', 'critical', 'three');
    await agent.clock.elapse(0);
    expect(agent.catalogChecks()).toEqual(['service:web critical three']);
  });

  test('a new output arrives in the end', async () => {
    await agent.runner.updateTtl('service:web', 'passing', 'two');
    await agent.clock.elapse(90_000);
    expect(agent.catalogChecks()).toEqual(['service:web passing two']);
  });

  test('nothing is written while nothing changes', async () => {
    const before = agent.revision;
    await agent.clock.elapse(1_000_000);
    expect(agent.revision).toBe(before);
  });

  test('what was deleted from the catalog comes back with the next full sync', async () => {
    agent.state.apply({ type: 'deregister', node: 'n1' });
    await agent.clock.elapse(120_000);
    expect([agent.catalogServices(), agent.catalogChecks()]).toEqual([['web'], ['service:web passing one']]);
  });

  test('what the agent does not know is removed, except the server’s own entries', async () => {
    const node = { ...agent.state.view.tables.nodes.get('n1')! };
    const row = { node: 'n1', name: '', status: 'passing', notes: '', output: '', serviceId: '', serviceName: '' };
    agent.state.apply({
      type: 'register',
      node,
      skipNodeUpdate: true,
      service: service({ name: 'stranger' }).service,
      checks: [
        { ...row, checkId: 'serfHealth', serviceTags: null, type: '', definition: {} },
        { ...row, checkId: 'strange', serviceTags: null, type: '', definition: {} },
      ],
    });
    const consul = service({ name: 'consul' }).service;
    agent.state.apply({ type: 'register', node, skipNodeUpdate: true, service: consul, checks: [] });
    await agent.runner.syncNow();
    expect(agent.catalogServices()).toEqual(['consul', 'web']);
    expect(agent.catalogChecks()).toEqual(['serfHealth passing', 'service:web passing one']);
  });

  test('tags of the catalog win where the service allows it', async () => {
    await agent.register({ name: 'db', tags: ['mine'], enable_tag_override: true });
    const node = { ...agent.state.view.tables.nodes.get('n1')! };
    const db = service({ name: 'db', tags: ['theirs'], enable_tag_override: true }).service;
    agent.state.apply({ type: 'register', node, skipNodeUpdate: true, service: db, checks: [] });
    await agent.runner.syncNow();
    expect(agent.state.view.tables.services.get('n1', 'db')!.tags).toEqual(['theirs']);
    const local = (await agent.runner.services()).find(({ service: { id } }) => id === 'db');
    expect(local!.service.tags).toEqual(['theirs']);
  });

  test('a loss of all servers is survived, and what changed meanwhile arrives', async () => {
    agent.state.setLeading(false);
    await agent.register({ name: 'late' });
    await agent.runner.deregisterService('web');
    await agent.clock.elapse(300_000);
    expect(agent.catalogServices()).toEqual(['web']);
    agent.state.setLeading(true);
    await agent.clock.elapse(20_000);
    expect(agent.catalogServices()).toEqual(['late']);
  });
});

describe('maintenance', () => {
  beforeEach(async () => {
    agent = await new RunnerFixture().start();
    await agent.register({ name: 'web' });
  });

  test('is a critical check until it is lifted', async () => {
    await agent.runner.serviceMaintenance('web', true, 'why');
    await agent.runner.nodeMaintenance(true, '');
    await agent.clock.elapse(0);
    expect(agent.catalogChecks()).toEqual(['_node_maintenance critical', '_service_maintenance:web critical']);
    expect((await agent.runner.checks()).map(({ notes }) => notes)).toEqual([
      'why',
      'Maintenance mode is enabled for this node, but no reason was provided. This is a default message.',
    ]);
    await agent.runner.serviceMaintenance('web', false, '');
    await agent.runner.nodeMaintenance(false, '');
    await agent.clock.elapse(0);
    expect(agent.catalogChecks()).toEqual([]);
  });

  test('of an unknown service is refused', async () => {
    expect(await agent.runner.serviceMaintenance('nope', true, '')).toEqual({
      ok: false,
      kind: 'notFound',
      reason: 'No service registered with ID "nope"',
    });
  });
});

describe('aliases', () => {
  beforeEach(async () => {
    agent = await new RunnerFixture().start();
    await agent.register({ name: 'web', check: { ttl: '1h' } });
  });

  test('follow the service they point at', async () => {
    await agent.runner.registerCheck(check({ name: 'alias', aliasService: 'web' }));
    await agent.clock.elapse(0);
    expect(await agent.localChecks()).toContain(`alias critical Aliased check "Service 'web' check" failing:`);
    await agent.runner.updateTtl('service:web', 'passing', '');
    await agent.clock.elapse(0);
    expect(agent.catalogChecks()).toContain('alias passing All checks passing.');
  });

  test('follow a service of another node', async () => {
    const node = { id: '', node: 'n2', address: '10.0.0.2', datacenter: 'dc1', taggedAddresses: null, meta: null };
    const db = service({ name: 'db' }).service;
    const row = { node: 'n2', checkId: 'c', name: 'c', notes: '', output: 'bad', serviceId: 'db', serviceName: 'db' };
    const put = (status: string): unknown =>
      agent.state.apply({
        type: 'register',
        node,
        skipNodeUpdate: false,
        service: db,
        checks: [{ ...row, status, serviceTags: null, type: '', definition: {} }],
      });
    put('warning');
    await agent.runner.registerCheck(check({ name: 'alias', aliasNode: 'n2', aliasService: 'db' }));
    await agent.clock.elapse(0);
    expect(await agent.localChecks()).toContain('alias warning Aliased check "c" failing: bad');
    put('passing');
    await agent.clock.elapse(0);
    expect(await agent.localChecks()).toContain('alias passing All checks passing.');
  });
});

describe('the reaper', () => {
  test('deregisters a service that stayed critical for too long', async () => {
    agent = await new RunnerFixture().start();
    await agent.register({ name: 'web', check: { ttl: '1h', deregister_critical_service_after: '1ms' } });
    await agent.clock.elapse(59_999);
    expect(agent.catalogServices()).toEqual(['web']);
    await agent.clock.elapse(30_001);
    expect(agent.catalogServices()).toEqual([]);
  });

  test('leaves a service that recovers alone', async () => {
    agent = await new RunnerFixture().start();
    await agent.register({ name: 'web', check: { ttl: '1h', deregister_critical_service_after: '1m' } });
    await agent.clock.elapse(50_000);
    await agent.runner.updateTtl('service:web', 'passing', '');
    await agent.clock.elapse(600_000);
    expect(agent.catalogServices()).toEqual(['web']);
  });
});

describe('reload', () => {
  test('replaces what files define and leaves the rest', async () => {
    agent = await new RunnerFixture({
      services: [service({ name: 'a' }), service({ name: 'b', check: { ttl: '1h' } })],
      checks: [check({ name: 'disk', ttlNs: 3600e9 })],
    }).start();
    await agent.register({ name: 'api' });
    await agent.runner.updateTtl('service:b', 'passing', 'ok');
    await agent.runner.reload([service({ name: 'b', check: { ttl: '1h' } }), service({ name: 'c' })], [], {
      rack: 'r1',
    });
    await agent.clock.elapse(0);
    expect(agent.catalogServices()).toEqual(['api', 'b', 'c']);
    expect(agent.catalogChecks()).toEqual(['service:b passing ok']);
    expect(agent.state.view.tables.nodes.get('n1')!.meta).toMatchObject({ rack: 'r1' });
  });
});

test('a reload keeps the state of what stays, and drops checks and sidecars that are gone', async () => {
  const web = {
    name: 'web',
    checks: [
      { ttl: '1h', id: 'a' },
      { ttl: '1h', id: 'b' },
    ],
    connect: { sidecar_service: {} },
  };
  const extra = check({ name: 'extra', serviceId: 'web', ttlNs: 3600e9 });
  agent = await new RunnerFixture({ services: [fileService(web)], checks: [extra] }).start();
  await agent.runner.registerCheck(check({ name: 'api', serviceId: 'web', ttlNs: 3600e9 }));
  for (const id of ['a', 'extra', 'api']) await agent.runner.updateTtl(id, 'passing', 'ok');
  await agent.runner.reload([fileService(web)], [extra], {});
  expect(await agent.localChecks()).toEqual(
    expect.arrayContaining(['a passing ok', 'b critical', 'extra passing ok', 'api passing ok']),
  );
  await agent.runner.reload([fileService({ name: 'web', checks: [{ ttl: '1h', id: 'a' }] })], [], {});
  await agent.clock.elapse(0);
  expect(agent.catalogServices()).toEqual(['web']);
  expect(agent.catalogChecks()).toEqual(['a passing ok', 'api passing ok']);
});

test('an agent whose definitions come later leaves the catalog alone until they do', async () => {
  agent = new RunnerFixture({ awaitDefinitions: true });
  const row = { ...NODE, taggedAddresses: null, meta: null };
  const web = service({ name: 'web' });
  agent.state.apply({ type: 'register', node: row, skipNodeUpdate: false, service: web.service, checks: [] });
  const before = agent.revision;
  await agent.start();
  expect(await agent.runner.syncNow()).toMatchObject({ ok: false, reason: 'definitions have not arrived yet' });
  await agent.clock.elapse(300_000);
  expect(agent.revision).toBe(before);
  await agent.runner.reload([web], [], {});
  await agent.runner.syncNow();
  expect(agent.catalogServices()).toEqual(['web']);
  expect(agent.state.view.tables.services.get('n1', 'web')!.createIndex).toBe(before);
});

test('versions grow with each change and wake those who wait', async () => {
  agent = await new RunnerFixture().start();
  const signal = new AbortController().signal;
  const version = await agent.runner.changed(0, signal);
  const next = agent.runner.changed(version, signal);
  await agent.register({ name: 'web' });
  expect(await next).toBeGreaterThan(version);
});

test('a kind of check that this agent cannot run is refused by name', async () => {
  agent = await new RunnerFixture().start();
  expect(await agent.runner.registerCheck(check({ name: 'c', osService: 'sshd', intervalNs: 1e9 }))).toEqual({
    ok: false,
    kind: 'invalid',
    reason: 'Invalid check: OSService is not supported by this agent',
  });
});

test('outputs stay here when they are to be discarded', async () => {
  agent = await new RunnerFixture({ discardCheckOutput: true }).start();
  await agent.register({ name: 'web', check: { ttl: '1h' } });
  await agent.runner.updateTtl('service:web', 'passing', 'fine');
  await agent.clock.elapse(0);
  expect(agent.catalogChecks()).toEqual(['service:web passing']);
});

test('a stop does not wait for a server that does not answer', async () => {
  agent = new RunnerFixture();
  agent.state.propose = () => new Promise(() => undefined);
  await agent.start();
  await agent.stop();
  expect(agent.clock.pending).toBe(0);
});

test('a stopped runner leaves no timers behind', async () => {
  agent = await new RunnerFixture().start();
  await agent.register({ name: 'web', checks: [{ ttl: '1h' }, { tcp: '127.0.0.1:1', interval: '1h' }] });
  await agent.stop();
  expect(agent.clock.pending).toBe(0);
});
