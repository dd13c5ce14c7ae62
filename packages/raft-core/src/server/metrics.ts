import type { Metrics } from '@tribune/platform';

export type ServerMetrics = ReturnType<typeof serverMetrics>;

/** What the server around consensus measures; consensus itself has its own in `node/`. */
export function serverMetrics(metrics: Metrics) {
  return {
    proposals: metrics.counter('tribune_raft_core_proposals_total', 'Commands by what became of them', ['result']),
    proposeSeconds: metrics.latency(
      'tribune_raft_core_propose_seconds',
      'From the arrival of a command to its result, for those that were applied',
    ),
    proposalsWaiting: metrics.gauge('tribune_raft_core_proposals_waiting', 'Commands without a result yet'),
    fences: metrics.counter('tribune_raft_core_read_fences_total', 'Read fences by result', ['result']),
    feedSubscribers: metrics.gauge('tribune_raft_core_feed_subscribers', 'Open feed streams'),
    divergences: metrics.counter(
      'tribune_raft_core_divergences_total',
      'Tables that two servers do not have alike at the same index: an alarm',
      ['table'],
    ),
    sessionTtls: metrics.gauge('tribune_raft_core_session_ttls', 'Sessions whose TTL runs on this leader'),
  };
}
