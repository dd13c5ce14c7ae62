/**
 * Consensus and its log, and the server that keeps the truth on disk.
 * @packageDocumentation
 */
export {
  createRaftServer,
  ServerNotStartedError,
  type RaftServer,
  type RaftServerCollaborators,
} from './server/raft-server';
export { RaftServerOptionsError, validateServerOptions, type RaftServerOptions } from './server/options';
export { FeedError } from './server/feed/feed-subscriber';
export type { NodeStatus, PeerStatus } from './node/outcomes';
