import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@tribune/platform';
import { connectAgent, GrpcServer, StateService, type AgentClient } from '@tribune/protocol';
import { LocalState, RecordingLogger } from '@tribune/testkit';
import { service } from '../testing/runner-fixture';
import { createAgentProcess, type AgentProcess } from './agent-process';
import { CommandLineError, type CommandLine } from './command-line';

let configDir: string;
let state: LocalState;
let server: GrpcServer;
let flags: CommandLine;

beforeEach(async () => {
  configDir = await mkdtemp(join(tmpdir(), 'definitions-'));
  state = new LocalState(systemClock);
  server = new GrpcServer({ address: '127.0.0.1:0' }, silentLogger);
  const api = () => state;
  server.add(
    'tribune.state.v1.State',
    new StateService({ api, leaderOnly: api, logger: silentLogger }).implementation(),
  );
  await server.start();
  flags = {
    options: '{}',
    node: 'n1',
    'node-id': '5477ea27-081e-8b9e-f132-39a0c27d4567',
    address: '10.0.0.1',
    datacenter: 'dc1',
    'tagged-addresses': 'wan=203.0.113.1',
    'node-meta': 'rack=r1,zone=a=b',
    'await-definitions': 'false',
    'data-dir': '',
    'config-dir': configDir,
    'state-address': `127.0.0.1:${server.port}`,
    'enable-script-checks': 'false',
    'check-update-interval-ms': '0',
    'grpc-address': '127.0.0.1:0',
    'admin-address': '127.0.0.1:0',
    'log-level': 'error',
  };
});
afterEach(async () => {
  await server.stop();
  state.stop();
  await rm(configDir, { recursive: true });
});

async function withProcess(use: (agent: AgentProcess, client: AgentClient) => Promise<void>): Promise<void> {
  const logger = new RecordingLogger();
  const agent = await createAgentProcess(flags, logger);
  await agent.start();
  const client = connectAgent({ address: `127.0.0.1:${agent.grpcPort}` });
  try {
    await use(agent, client);
  } finally {
    client.close();
    await agent.stop();
  }
}

const catalogued = (): string[] => state.view.tables.services.onNode('n1').map(({ id }) => id);

test('definitions of files and of agent.v1 reach the servers over the network', async () => {
  await writeFile(
    join(configDir, 'a.json'),
    '{"service":{"name":"file","check":{"id":"own","ttl":"1h"}},"check":{"name":"disk","ttl":"1h"}}',
  );
  await writeFile(join(configDir, 'b.json'), '{"services":[{"name":"second"},{"port":1}]}');
  await writeFile(join(configDir, 'c.json'), '{"services":');
  await withProcess(async (_agent, client) => {
    await client.registerService(service({ name: 'api' }), { replaceExistingChecks: false });
    expect(await client.syncNow()).toEqual({ ok: true });
    expect(catalogued()).toEqual(['api', 'file', 'second']);
    const checks = state.view.tables.checks.onNode('n1').map(({ checkId }) => checkId);
    expect(checks).toEqual(['disk', 'own']);
  });
});

test('the node comes with its addresses and metadata', async () => {
  await withProcess(async (_agent, client) => {
    expect(await client.node()).toMatchObject({
      taggedAddresses: { lan: '10.0.0.1', lan_ipv4: '10.0.0.1', wan: '203.0.113.1' },
      meta: { rack: 'r1', zone: 'a=b', 'consul-network-segment': '' },
    });
  });
});

test('the piece says that it is ready, and what it counts', async () => {
  await withProcess(async ({ adminPort }, client) => {
    await client.syncNow();
    expect((await fetch(`http://127.0.0.1:${adminPort}/readyz`)).status).toBe(200);
    const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
    expect(metrics).toContain('tribune_health_runner_syncs_total{kind="full",result="ok"}');
  });
});

test('what a server loses comes back from the agent', async () => {
  await withProcess(async (_agent, client) => {
    await client.registerService(service({ name: 'api' }), { replaceExistingChecks: false });
    await client.syncNow();
    state.apply({ type: 'deregister', node: 'n1' });
    expect(catalogued()).toEqual([]);
    await client.syncNow();
    expect(catalogued()).toEqual(['api']);
  });
});

test('every bad flag is named', async () => {
  flags = { ...flags, 'check-update-interval-ms': 'soon', 'enable-script-checks': 'maybe', 'node-meta': 'x' };
  const failure = await createAgentProcess(flags, silentLogger).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CommandLineError);
  expect((failure as CommandLineError).detail.problems.length).toBe(3);
});
