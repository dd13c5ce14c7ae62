import { silentLogger, systemClock } from '@tribune/platform';
import { AgentService, connectAgent, GrpcServer, type AgentClient } from '@tribune/protocol';
import { agentApiCompliance } from './testing/agent-compliance';
import { RunnerFixture } from './testing/runner-fixture';

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

const catalogServices = (): readonly string[] => agent.catalogServices();
agentApiCompliance('in process', () => ({ api: agent.runner, catalogServices }));
agentApiCompliance('over gRPC', () => ({ api: client, catalogServices }));
