import type { Startable } from '@tribune/platform';
import { connectState } from '@tribune/protocol';
import { createReplica } from '@tribune/replica';
import { InlinePiece } from '../pieces/inline-piece';
import type { Composition, CompositionInput } from './composition';
import { frontEnd, gossipPiece } from './inline-pieces';
import { ServerList } from './server-list';

/** A client agent in one process: it writes to the servers that gossip shows, and keeps copies only of what is read here. */
export function composeClient(input: CompositionInput): Composition {
  const { config, ports } = input;
  const gossip = gossipPiece(input);
  const servers = new ServerList(config.datacenter, { ...ports, membership: gossip.membership });
  const state = connectState({ ...ports, servers: () => servers.addresses(), holdMs: config.rpcHoldTimeoutMs });
  const view = createReplica({ topics: 'on-demand' }, { ...ports, state });
  const link: Startable = {
    async start() {
      servers.start();
      await view.start();
    },
    async stop() {
      await view.stop();
      servers.stop();
    },
  };
  const front = frontEnd(input, { state, view }, gossip.membership);
  return {
    pieces: [
      gossip.piece,
      new InlinePiece(
        'server-link',
        () => link,
        () => view.readiness(),
      ),
      ...front.pieces,
    ],
    membership: gossip.membership,
    reloadDefinitions: (...next) => front.agent.reload(...next),
    state,
    reloadDns: front.reloadDns,
    listening: () => ({ ...front.listening(), serfLan: gossip.port() }),
    close() {
      front.close();
      state.close();
    },
  };
}
