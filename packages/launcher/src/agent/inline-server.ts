import { createRaftServer } from '@tribune/raft-core';
import { InlinePiece } from '../pieces/inline-piece';
import type { Composition, CompositionInput } from './composition';
import { raftOptionsOf } from './options/raft-options';
import { gossipTags } from './options/gossip-options';
import { frontEnd, gossipPiece } from './inline-pieces';

/** A server agent in one process: reads come from the state machine's own tables, so there is one copy of the data. */
export function composeServer(input: CompositionInput): Composition {
  const { config, identity, ports, onFatal } = input;
  const gossip = gossipPiece(input);
  const server = createRaftServer(raftOptionsOf(config, identity), {
    ...ports,
    membership: gossip.membership,
    onFatal,
  });
  const raft = new InlinePiece('raft-core', () => ({
    async start() {
      await server.start();
      // Port 0: the others must hear which one it became.
      const tags = { ...gossipTags(config, identity.nodeId), port: String(server.rpcPort) };
      if (config.serverRpc.port === 0) await gossip.membership.setTags(tags);
    },
    stop: () => server.stop(),
  }));
  const front = frontEnd(input, { state: server.state, view: server.view }, gossip.membership);
  return {
    pieces: [gossip.piece, raft, ...front.pieces],
    membership: gossip.membership,
    reloadDefinitions: (...next) => front.agent.reload(...next),
    state: server.state,
    reloadDns: front.reloadDns,
    listening: () => ({ ...front.listening(), serfLan: gossip.port() }),
    close: front.close,
  };
}
