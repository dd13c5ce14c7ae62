import {
  AdminServer,
  eventLoopLag,
  inSequence,
  Metrics,
  systemClock,
  systemRandom,
  type Logger,
  type Startable,
} from '@tribune/platform';
import { AgentService, connectState, GrpcServer } from '@tribune/protocol';
import { createReplica } from '@tribune/replica';
import { createHealthRunner, type HealthRunner } from '../health-runner';
import { listOf, runnerOptionsOf, splitAddress, type CommandLine } from './command-line';
import { loadDefinitionFiles } from './definition-files';

export interface AgentProcess extends Startable {
  readonly grpcPort: number;
  readonly adminPort: number;
  readonly runner: HealthRunner;
}

/** The health runner alone as a process: `agent.v1` in front, the servers by `state.v1` behind. */
export async function createAgentProcess(flags: CommandLine, logger: Logger): Promise<AgentProcess> {
  const metrics = new Metrics();
  const ports = { clock: systemClock, random: systemRandom, logger, metrics };
  const servers = listOf(flags['state-address']);
  const state = connectState({ servers: () => servers, ...ports });
  const view = createReplica({ topics: 'on-demand' }, { state, ...ports });
  const definitions = await loadDefinitionFiles(flags['config-dir'], logger);
  const runner = createHealthRunner(runnerOptionsOf(flags, definitions), { state, view, ...ports });
  const grpc = new GrpcServer({ address: flags['grpc-address'] }, logger.child('grpc'));
  grpc.add('tribune.agent.v1.Agent', new AgentService({ api: runner, clock: systemClock }).implementation());
  const readiness = () => view.readiness();
  const admin = new AdminServer(splitAddress(flags['admin-address']), { metrics, readiness });
  const parts = inSequence([eventLoopLag(metrics, 'health-runner'), admin, view, runner, grpc]);
  return {
    runner,
    get grpcPort() {
      return grpc.port;
    },
    get adminPort() {
      return admin.port;
    },
    start: () => parts.start(),
    async stop() {
      await parts.stop();
      state.close();
    },
  };
}
