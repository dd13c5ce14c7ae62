import { LATENCY_BUCKETS, Metrics } from '@tribune/platform';

type Gauge = ReturnType<Metrics['gauge']>;
type Counter = ReturnType<Metrics['counter']>;
type Histogram = ReturnType<Metrics['histogram']>;
type Latency = ReturnType<Metrics['latency']>;

export interface RaftMetrics {
  readonly term: Gauge;
  readonly isLeader: Gauge;
  readonly commitIndex: Gauge;
  readonly appliedIndex: Gauge;
  readonly leaderChanges: Counter;
  readonly elections: Counter;
  readonly proposals: Counter;
  readonly commitSeconds: Latency;
  readonly persistSeconds: Histogram;
  readonly persistEntries: Histogram;
  readonly applySeconds: Histogram;
  readonly snapshotsSent: Counter;
  readonly stalls: Counter;
}

/** Everything this package exports; recorded from what the core hands out and from outcomes. */
export function raftMetrics(metrics: Metrics = new Metrics()): RaftMetrics {
  return {
    term: metrics.gauge('tribune_raft_term', 'Current term'),
    isLeader: metrics.gauge('tribune_raft_is_leader', '1 while this server leads'),
    commitIndex: metrics.gauge('tribune_raft_commit_index', 'Highest index known to be committed'),
    appliedIndex: metrics.gauge('tribune_raft_applied_index', 'Highest index applied to the state machine'),
    leaderChanges: metrics.counter('tribune_raft_leader_changes_total', 'Times another leader was seen, none included'),
    elections: metrics.counter('tribune_raft_elections_total', 'Times this server stood for election'),
    proposals: metrics.counter('tribune_raft_proposals_total', 'Commands proposed here, by outcome', ['outcome']),
    commitSeconds: metrics.latency('tribune_raft_commit_seconds', 'From proposal to applied'),
    persistSeconds: metrics.histogram('tribune_raft_persist_seconds', 'One group commit to the log', LATENCY_BUCKETS),
    persistEntries: metrics.histogram(
      'tribune_raft_persist_entries',
      'Entries per group commit',
      [1, 4, 16, 64, 256, 1024, 4096],
    ),
    applySeconds: metrics.histogram('tribune_raft_apply_seconds', 'One run of the state machine', LATENCY_BUCKETS),
    snapshotsSent: metrics.counter('tribune_raft_snapshots_sent_total', 'Snapshots sent to followers', ['outcome']),
    stalls: metrics.counter('tribune_raft_stalls_total', 'Times the event loop slept longer than 20 ticks'),
  };
}
