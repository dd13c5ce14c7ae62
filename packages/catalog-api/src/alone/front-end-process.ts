import {
  AdminServer,
  eventLoopLag,
  inSequence,
  Metrics,
  systemClock,
  systemRandom,
  type LogSource,
  type Startable,
} from '@tribune/platform';
import {
  connectAgent,
  connectControl,
  connectMembership,
  connectState,
  GrpcServer,
  type ControlApi,
  type MembershipApi,
} from '@tribune/protocol';
import { createReplica } from '@tribune/replica';
import { createCatalogApi } from '../catalog-api';
import { publicApiDefaults } from '../public-grpc/options';
import { createPublicApi, servePublicGrpc } from '../public-grpc/public-api';
import type { CommandLine, Flags } from './command-line';

export interface FrontEndProcess extends Startable {
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly adminPort: number;
}

/** The front end alone as a process: HTTP and public gRPC in front, the other pieces by gRPC behind. */
export function createFrontEndProcess(
  flags: Flags,
  line: CommandLine,
  logSource: LogSource,
  exit: () => void,
): FrontEndProcess {
  const metrics = new Metrics();
  const ports = { clock: systemClock, random: systemRandom, logger: logSource, metrics };
  const state = connectState({ servers: () => line.servers, holdMs: line.api.leaderHoldMs, ...ports });
  const membership = connectMembership({ address: flags['membership-address'] });
  const agent = connectAgent({ address: flags['agent-address'] });
  const view = createReplica({ topics: line.topics }, { state, ...ports });
  const control = controlOf(flags['control-address'], membership, exit);
  const http = createCatalogApi(line.api, { state, view, membership, agent, logSource, control, ...ports });
  const publicApi = createPublicApi(
    { ...publicApiDefaults, datacenter: line.api.datacenter },
    { state, view, ...ports },
  );
  const grpc = new GrpcServer({ address: flags['grpc-address'] }, logSource.child('grpc'));
  servePublicGrpc(grpc, publicApi);
  const admin = new AdminServer(line.admin, { metrics, readiness: () => view.readiness() });
  const parts = inSequence([eventLoopLag(metrics, 'catalog-api'), admin, view, http, grpc]);
  return {
    get httpPort() {
      return http.port;
    },
    get grpcPort() {
      return grpc.port;
    },
    get adminPort() {
      return admin.port;
    },
    start: () => parts.start(),
    async stop() {
      await parts.stop();
      publicApi.close();
      for (const client of [state, membership, agent, control]) client.close();
    },
  };
}

/** The agent that this piece is part of; without one, leaving is what gossip does, and this piece then ends. */
function controlOf(address: string, membership: MembershipApi, exit: () => void): ControlApi & { close(): void } {
  if (address !== '') return connectControl({ address });
  return {
    reload: async () => ['this front end has flags and no configuration files: start it anew to change them'],
    leave: async () => {
      await membership.leave();
      exit();
    },
    close: () => undefined,
  };
}
