/**
 * A View kept current by the Feed: it connects, resumes where it was, subscribes on first use and lets go.
 * @packageDocumentation
 */
export { createReplica, type FeedView, type ReplicaCollaborators, type ReplicaOptions } from './feed-view';
export { ReplicaError } from './topic-leases';
