/**
 * Consensus and its log, and the server that keeps the truth on disk.
 * @packageDocumentation
 */
export { createRaftServer, ServerNotStartedError, type RaftServer } from './server/raft-server';
export type { RaftServerCollaborators } from './server/foundations';
export { RaftServerOptionsError, validateServerOptions, type RaftServerOptions } from './server/options';
export { FeedError } from './server/feed/feed-subscriber';
export type { NodeStatus, PeerStatus } from './node/outcomes';
export { RaftNode, type RaftNodeCollaborators } from './node/raft-node';
export type { RaftNodeOptions } from './node/options';
export type { StateMachine } from './node/state-machine';
export type { Entry, Message } from './core/message';
export type { ByteChunks, SnapshotStore, StoredSnapshot } from './storage/snapshot-store';
export type { LogBatch, LogStore, RestoredLog } from './storage/log-store';
export type { PeerReceiver, PeerTransport, SnapshotHeader } from './transport/peer-transport';
export { autopilotDefaults, autopilotJson, type AutopilotSettings } from './leader-duties/autopilot-settings';
