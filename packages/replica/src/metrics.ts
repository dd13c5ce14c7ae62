import type { Metrics } from '@tribune/platform';

export type ReplicaMetrics = ReturnType<typeof replicaMetrics>;

export function replicaMetrics(metrics: Metrics) {
  return {
    revision: metrics.gauge('tribune_replica_revision', 'Revision that the view shows'),
    connected: metrics.gauge('tribune_replica_connected', '1 while the feed is open and has spoken'),
    topics: metrics.gauge('tribune_replica_topics', 'Topics that a partial view follows'),
    connections: metrics.counter('tribune_replica_connections_total', 'Feeds opened'),
    snapshots: metrics.counter('tribune_replica_snapshots_total', 'Snapshots received'),
  };
}
