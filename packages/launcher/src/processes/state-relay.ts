import type { Logger, Startable } from '@tribune/platform';
import { GrpcServer, StateService, type StateApi } from '@tribune/protocol';

/** Serves `state.v1` on loopback for the pieces of a client agent, which then need not know where the servers are. */
export function stateRelay(address: () => string, state: StateApi, logger: Logger): Startable {
  let server: GrpcServer | undefined;
  let service: StateService | undefined;
  return {
    async start() {
      if (server) return;
      // Whether the answering server leads is its own business: the relay only passes on.
      service = new StateService({ api: () => state, leaderOnly: () => state, logger });
      server = new GrpcServer({ address: address() }, logger).add('tribune.state.v1.State', service.implementation());
      await server.start();
    },
    async stop() {
      service?.close();
      await server?.stop();
      server = undefined;
    },
  };
}
