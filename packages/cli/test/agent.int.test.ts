import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { run } from '../src/run';
import { FakeTerminal } from './fake-terminal';
import { TestAgent } from './test-agent';

let agent: TestAgent;
beforeAll(async () => void (agent = await TestAgent.start()));
afterAll(() => agent.stop());

test('values are bytes: from a file and back', async () => {
  const bytes = randomBytes(100_000);
  writeFileSync(agent.path('value'), bytes);
  await agent.run('kv', 'put', 'bytes', `@${agent.path('value')}`);
  const { terminal, ended } = agent.begin('kv', 'get', 'bytes');
  expect(await ended).toBe(0);
  expect(terminal.bytes.equals(Buffer.concat([bytes, Buffer.from('\n')]))).toBe(true);
});

test('an exported tree can be imported elsewhere, flags and all', async () => {
  await agent.run('kv', 'put', '-flags=18446744073709551615', 'tree/a', 'x');
  await agent.run('kv', 'put', 'tree/b/c', '');
  const { stdout } = await agent.run('kv', 'export', 'tree/');
  const terminal = new FakeTerminal({ stdin: stdout, env: { TRIBUNE_HTTP_ADDR: agent.address } });
  expect(await run(['kv', 'import', '-prefix=copy', '-'], terminal)).toBe(0);
  expect(terminal.stdout).toBe('Imported: copy/tree/a\nImported: copy/tree/b/c\n');
  const copied = await agent.run('kv', 'export', 'copy/');
  expect(copied.stdout.replaceAll('copy/tree/', 'tree/')).toBe(stdout);
});

test('nothing is imported when one entry is wrong', async () => {
  const entries = '[{"key":"half/1","flags":0,"value":""},{"key":"half/2","flags":-1,"value":""}]';
  expect(await agent.run('kv', 'import', entries)).toMatchObject({
    code: 1,
    stderr: 'Cannot unmarshal data: [1].flags must be an unsigned 64-bit integer\n',
  });
  expect((await agent.run('kv', 'get', '-keys', 'half')).stdout).toBe('');
});

test('another namespace is refused, not confused with the only one', async () => {
  const { code, stderr } = await agent.run('kv', 'put', '-namespace=other', 'k', 'v');
  expect(code).toBe(1);
  expect(stderr).toContain('Namespaces are a Consul Enterprise feature');
});

test('services are registered from HCL and JSON files, and deregistered by them', async () => {
  const hcl = agent.path('web.hcl');
  const json = agent.path('two.json');
  writeFileSync(
    hcl,
    'service { name = "web" id = "web1" port = 80 tags = ["a"] meta { x = "y" } check { ttl = "30s" } }',
  );
  writeFileSync(
    json,
    '{"services":[{"name":"db","port":1},{"name":"db","id":"db2","tagged_addresses":{"lan":{"address":"1.2.3.4","port":9}}}]}',
  );
  expect(await agent.run('services', 'register', hcl, json)).toEqual({
    code: 0,
    stdout: 'Registered service: web\nRegistered service: db\nRegistered service: db\n',
    stderr: '',
  });
  const services = JSON.parse(await agent.get('/v1/agent/services')) as Record<string, unknown>;
  expect(services['web1']).toMatchObject({ Service: 'web', Port: 80, Tags: ['a'], Meta: { x: 'y' } });
  expect(services['db2']).toMatchObject({ Service: 'db', TaggedAddresses: { lan: { Address: '1.2.3.4', Port: 9 } } });
  expect(await agent.get('/v1/agent/checks')).toContain('service:web1');
  expect((await agent.run('services', 'deregister', hcl, json)).stdout).toBe(
    'Deregistered service: web1\nDeregistered service: db\nDeregistered service: db2\n',
  );
  expect(await agent.get('/v1/agent/services')).not.toContain('web1');
});

test('nothing is registered from a file with a mistake', async () => {
  const good = agent.path('good.json');
  const bad = agent.path('bad.json');
  writeFileSync(good, '{"service":{"name":"good"}}');
  writeFileSync(bad, '{"service":{"name":"bad","prot":80}}');
  const { code, stderr } = await agent.run('services', 'register', good, bad);
  expect(code).toBe(1);
  expect(stderr).toContain(bad);
  expect(stderr).toContain('service.prot');
  expect(await agent.get('/v1/agent/services')).not.toContain('good');
});

test('a service registered by flags has what they say', async () => {
  await agent.run(
    'services',
    'register',
    '-name=api',
    '-id=api1',
    '-port=5',
    '-tag=a',
    '-tag=b',
    '-meta=k=v=w',
    '-address=9.9.9.9',
    '-tagged-address=lan=[::1]:80',
  );
  const services = JSON.parse(await agent.get('/v1/agent/services')) as Record<string, unknown>;
  expect(services['api1']).toMatchObject({
    Service: 'api',
    Port: 5,
    Tags: ['a', 'b'],
    Meta: { k: 'v=w' },
    Address: '9.9.9.9',
    TaggedAddresses: { lan: { Address: '::1', Port: 80 } },
  });
});

test('monitor streams until it is interrupted', async () => {
  const { terminal, ended } = agent.begin('monitor', '-log-level=info');
  await agent.until(async () => {
    await agent.run('reload');
    return terminal.stdout.includes('reload');
  });
  terminal.pressCtrlC();
  expect(await ended).toBe(0);
});

test('the operator sees the state of the servers', async () => {
  const { code, stdout } = await agent.run('operator', 'autopilot', 'state');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Healthy: +true\nFailure Tolerance: +0\nLeader: +[0-9a-f-]{36}\nVoters:\n/);
  const json = await agent.run('operator', 'autopilot', 'state', '-format=json');
  expect(JSON.parse(json.stdout)).toMatchObject({ Healthy: true, FailureTolerance: 0 });
});

test('a leader cannot be handed over when there is nobody else', async () => {
  const { code, stderr } = await agent.run('operator', 'raft', 'transfer-leader');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Error transferring leadership: /);
});
