import { createRaftServer } from '@tribune/raft-core';
import { InlinePiece } from '../pieces/inline-piece';
import type { Composition, CompositionInput } from './composition';
import { raftOptionsOf } from './options/raft-options';
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
  const raft = new InlinePiece('raft-core', () => server);
  const front = frontEnd(input, { state: server.state, view: server.view }, gossip.membership);
  return {
    pieces: [gossip.piece, raft, ...front.pieces],
    membership: gossip.membership,
    agent: front.agent,
    state: server.state,
    reloadDns: front.reloadDns,
    close: front.close,
  };
}
