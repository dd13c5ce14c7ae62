/**
 * A View kept current by the Feed: it connects, resumes where it was, subscribes on first use and lets go.
 * @packageDocumentation
 */
export { createReplica } from './create-replica';
export type { FeedView, ReplicaCollaborators, ReplicaOptions } from './feed-view';
export { ReplicaError } from './topic-leases';
