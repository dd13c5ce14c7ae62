import { LATENCY_BUCKETS, type Metrics } from '@tribune/platform';

interface Count<L extends string> {
  inc(labels: Record<L, string>, value?: number): void;
}

interface Level<L extends string> {
  set(labels: Record<L, string>, value: number): void;
}

interface Distribution<L extends string> {
  observe(labels: Record<L, string>, value: number): void;
}

export interface GossipMetrics {
  readonly members: Level<'pool' | 'status'>;
  readonly healthScore: Level<'pool'>;
  readonly broadcastsQueued: Level<'pool'>;
  readonly packetsSent: Count<'pool'>;
  readonly packetsReceived: Count<'pool'>;
  readonly bytesSent: Count<'pool' | 'transport'>;
  readonly bytesReceived: Count<'pool' | 'transport'>;
  readonly malformed: Count<'pool' | 'transport'>;
  readonly ignored: Count<'pool' | 'reason'>;
  readonly probeRoundTrip: Distribution<'pool'>;
  readonly probeFailures: Count<'pool'>;
  readonly suspicions: Count<'pool'>;
  readonly refutations: Count<'pool'>;
  readonly conflicts: Count<'pool'>;
  readonly userEvents: Count<'pool'>;
  readonly exchanges: Count<'pool' | 'outcome'>;
}

/** All metrics of the package. `pool` is `lan` or `wan`. */
export function gossipMetrics(metrics: Metrics): GossipMetrics {
  return {
    members: metrics.gauge('tribune_gossip_members_count', 'Members by status', ['pool', 'status']),
    healthScore: metrics.gauge('tribune_gossip_health_score', 'Local health awareness: 0 is healthy', ['pool']),
    broadcastsQueued: metrics.gauge('tribune_gossip_broadcasts_queued_count', 'Membership news waiting to be sent', [
      'pool',
    ]),
    packetsSent: metrics.counter('tribune_gossip_packets_sent_total', 'UDP packets sent', ['pool']),
    packetsReceived: metrics.counter('tribune_gossip_packets_received_total', 'UDP packets received', ['pool']),
    bytesSent: metrics.counter('tribune_gossip_sent_bytes_total', 'Bytes sent', ['pool', 'transport']),
    bytesReceived: metrics.counter('tribune_gossip_received_bytes_total', 'Bytes received', ['pool', 'transport']),
    malformed: metrics.counter('tribune_gossip_malformed_total', 'Inputs dropped because unreadable', [
      'pool',
      'transport',
    ]),
    ignored: metrics.counter('tribune_gossip_ignored_total', 'Inputs dropped because over a limit or not for us', [
      'pool',
      'reason',
    ]),
    probeRoundTrip: metrics.histogram(
      'tribune_gossip_probe_round_trip_seconds',
      'Round trip of answered direct probes',
      LATENCY_BUCKETS,
      ['pool'],
    ),
    probeFailures: metrics.counter('tribune_gossip_probe_failures_total', 'Probes without any answer', ['pool']),
    suspicions: metrics.counter('tribune_gossip_suspicions_total', 'Members that became suspect', ['pool']),
    refutations: metrics.counter('tribune_gossip_refutations_total', 'Times we had to object to news about us', [
      'pool',
    ]),
    conflicts: metrics.counter('tribune_gossip_name_conflicts_total', 'Claims of a name by another address', ['pool']),
    userEvents: metrics.counter('tribune_gossip_user_events_total', 'New user events seen', ['pool']),
    exchanges: metrics.counter('tribune_gossip_state_exchanges_total', 'Full state exchanges', ['pool', 'outcome']),
  };
}
