import type { Logger, Startable } from '@tribune/platform';
import { GrpcServer, StateService, type FeedEvent, type FeedStream, type StateApi } from '@tribune/protocol';

/** Serves `state.v1` on loopback for the pieces of a client agent, which then need not know where the servers are. */
export function stateRelay(address: () => string, state: StateApi, logger: Logger): Startable {
  const relayed: StateApi = { ...state, feed: (signal) => openFeed(state, signal) };
  let server: GrpcServer | undefined;
  let service: StateService | undefined;
  return {
    async start() {
      if (server) return;
      // Whether the answering server leads is its own business: the relay only passes on.
      service = new StateService({ api: () => relayed, leaderOnly: () => relayed, logger });
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

/** While no server is known the feed cannot open: the piece is told so on its stream, and tries again. */
function openFeed(state: StateApi, signal: AbortSignal): FeedStream {
  try {
    return state.feed(signal);
  } catch (thrown) {
    const failed = (): AsyncIterator<FeedEvent> => ({ next: () => Promise.reject(thrown) });
    return { send: () => undefined, close: () => undefined, [Symbol.asyncIterator]: failed };
  }
}
