import { AgentFixture } from './harness/agent-fixture';

let agent: AgentFixture;
afterEach(() => agent.stop());

const url = (path: string): string => `http://127.0.0.1:${agent.port}${path}`;
const get = async (path: string): Promise<Record<string, never>> => (await fetch(url(path))).json() as never;
async function put(path: string, body?: object): Promise<Response> {
  const response = await fetch(url(path), { method: 'PUT', ...(body ? { body: JSON.stringify(body) } : {}) });
  await response.arrayBuffer();
  return response;
}

describe('blocking on a service', () => {
  const register = (port: number): Promise<Response> => put('/v1/agent/service/register', { Name: 'web', Port: port });
  beforeEach(async () => {
    agent = await AgentFixture.start();
    await register(1);
  });

  test('waits until its content is another one', async () => {
    const first = await fetch(url('/v1/agent/service/web'));
    const hash = first.headers.get('x-consul-contenthash');
    expect((await first.json()) as object).toMatchObject({ Port: 1, ContentHash: hash });
    const next = fetch(url(`/v1/agent/service/web?hash=${hash}&wait=60s`));
    // A change of something else wakes the query, and sends it back to sleep.
    await put('/v1/agent/service/register', { Name: 'other' });
    await register(2);
    expect((await (await next).json()) as object).toMatchObject({ Port: 2 });
  });

  test('ends with its wait', async () => {
    const hash = (await get('/v1/agent/service/web')).ContentHash;
    expect(await get(`/v1/agent/service/web?hash=${hash}&wait=20ms`)).toMatchObject({ Port: 1, ContentHash: hash });
  });

  test('ends with the service', async () => {
    const hash = (await get('/v1/agent/service/web')).ContentHash;
    const next = fetch(url(`/v1/agent/service/web?hash=${hash}&wait=60s`));
    await put('/v1/agent/service/deregister/web');
    expect((await next).status).toBe(404);
  });
});

test('registrations reach the catalog', async () => {
  agent = await AgentFixture.start();
  await put('/v1/agent/service/register', { Name: 'web', Port: 80, Check: { TTL: '1h', Status: 'passing' } });
  await agent.runner.syncNow();
  const [entry] = (await get('/v1/health/service/web?passing')) as unknown as { Service: object; Checks: object[] }[];
  expect(entry!.Service).toMatchObject({ ID: 'web', Port: 80, Meta: null, Tags: [] });
  expect(entry!.Checks).toMatchObject([{ CheckID: 'service:web', Status: 'passing', Type: 'ttl' }]);
});

test('opaque 64-bit integers in a proxy configuration survive', async () => {
  agent = await AgentFixture.start();
  const body = `{"name":"p","kind":"connect-proxy","port":1,
    "proxy":{"destination_service_name":"x","config":{"flags":3304740253564472344}}}`;
  await fetch(url('/v1/agent/service/register'), { method: 'PUT', body });
  expect(await (await fetch(url('/v1/agent/service/p'))).text()).toContain('"flags": 3304740253564472344');
});

describe('the monitor', () => {
  async function firstLine(query: string, emit: () => void): Promise<string> {
    const abort = new AbortController();
    const response = await fetch(url(`/v1/agent/monitor?${query}`), { signal: abort.signal });
    emit();
    const { value } = await response.body!.getReader().read();
    abort.abort();
    return Buffer.from(value!).toString();
  }
  beforeEach(async () => {
    agent = await AgentFixture.start();
  });

  test('streams lines of its level and above', async () => {
    const line = await firstLine('loglevel=WARN', () => {
      agent.logger.child('raft').info('too quiet');
      agent.logger.child('raft').warn('became leader', { term: 2 });
    });
    expect(line).toMatch(/^\S+Z \[WARN\]  raft: became leader: term=2\n$/);
  });

  test('speaks JSON when asked', async () => {
    const line = await firstLine('logjson', () => agent.logger.child('raft').info('hello', { term: 2n }));
    expect(JSON.parse(line)).toMatchObject({ '@level': 'info', '@message': 'hello', '@module': 'raft', term: '2' });
  });
});

describe('metrics', () => {
  test('come as gauges, counters and samples', async () => {
    agent = await AgentFixture.start();
    await agent.runner.syncNow();
    const metrics = await get('/v1/agent/metrics');
    expect(Object.keys(metrics)).toEqual(['Timestamp', 'Gauges', 'Points', 'Counters', 'Samples']);
    const names = (metrics.Counters as unknown as { Name: string }[]).map(({ Name }) => Name);
    expect(names).toContain('tribune_health_runner_syncs_total');
    const gauges = metrics.Gauges as unknown as { Name: string; Value: number }[];
    expect(gauges.find(({ Name }) => Name === 'consul.runtime.alloc_bytes')?.Value).toBeGreaterThan(0);
  });

  test('come in the Prometheus form once a retention time is set', async () => {
    agent = await AgentFixture.start({ prometheusRetentionMs: 60_000 });
    const response = await fetch(url('/v1/agent/metrics?format=prometheus'));
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await response.text()).toContain('# TYPE tribune_health_runner_services gauge');
  });
});

test('the host is described under the names of Consul', async () => {
  agent = await AgentFixture.start();
  const facts = await get('/v1/agent/host');
  expect(facts).toMatchObject({
    Memory: { total: expect.any(Number), available: expect.any(Number) },
    Host: { hostname: expect.any(String), os: process.platform },
    Disk: { path: '/', total: expect.any(Number) },
    Errors: null,
  });
  expect((facts.CPU as unknown as unknown[]).length).toBeGreaterThan(0);
});

test('a join that reaches nobody says why', async () => {
  agent = await AgentFixture.start();
  const response = await fetch(url('/v1/agent/join/10.0.0.9'), { method: 'PUT' });
  expect([response.status, await response.text()]).toEqual([
    500,
    '1 error occurred:\n\t* Failed to join 10.0.0.9: nobody is there\n\n',
  ]);
});

test('leaving is answered before it begins', async () => {
  agent = await AgentFixture.start();
  expect((await put('/v1/agent/leave')).status).toBe(200);
  await get('/v1/agent/services');
  expect(agent.left).toBe(1);
});

test('a check that names the node of an unknown alias does not harm the agent', async () => {
  agent = await AgentFixture.start();
  const check = { AliasNode: 'nowhere', AliasService: 'x' };
  expect((await put('/v1/agent/service/register', { Name: 'a', Check: check })).status).toBe(200);
  const checks = await get('/v1/agent/checks');
  expect(checks['service:a']).toMatchObject({ Status: 'critical' });
});

test('the configuration is shown without its secrets', async () => {
  const secrets = { acl: { tokens: { default_token: 's3cret' } }, encrypt: 's3cret', tls: [{ keyFile: 's3cret' }] };
  agent = await AgentFixture.start({ debugConfig: { ...secrets, retryJoin: ['a'] }, sessionTtlMinNs: 15e9 });
  const self = await (await fetch(url('/v1/agent/self'))).text();
  expect(self).not.toContain('s3cret');
  expect((JSON.parse(self) as { DebugConfig: object }).DebugConfig).toMatchObject({
    SessionTTLMin: '15s',
    NodeName: 'n1',
    encrypt: 'hidden',
    retryJoin: ['a'],
  });
});
