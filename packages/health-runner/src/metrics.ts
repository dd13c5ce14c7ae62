import { LATENCY_BUCKETS, type Metrics } from '@tribune/platform';

export interface HealthRunnerMetrics {
  probed(type: string, status: string): void;
  synced(kind: 'full' | 'changes', ok: boolean, seconds: number): void;
  counts(services: number, checks: ReadonlyMap<string, number>): void;
}

/** All metrics of this package. */
export function healthRunnerMetrics(metrics: Metrics): HealthRunnerMetrics {
  const probes = metrics.counter('tribune_health_runner_probes_total', 'Probes by type and what they saw.', [
    'type',
    'status',
  ]);
  const syncs = metrics.counter('tribune_health_runner_syncs_total', 'Anti-entropy runs by kind and result.', [
    'kind',
    'result',
  ]);
  const duration = metrics.histogram(
    'tribune_health_runner_sync_seconds',
    'Length of an anti-entropy run.',
    LATENCY_BUCKETS,
  );
  const services = metrics.gauge('tribune_health_runner_services', 'Services of this agent.');
  const checks = metrics.gauge('tribune_health_runner_checks', 'Checks of this agent by status.', ['status']);
  return {
    probed: (type, status) => probes.inc({ type, status }),
    synced(kind, ok, seconds) {
      syncs.inc({ kind, result: ok ? 'ok' : 'failed' });
      duration.observe(seconds);
    },
    counts(serviceCount, byStatus) {
      services.set(serviceCount);
      for (const status of ['passing', 'warning', 'critical']) checks.set({ status }, byStatus.get(status) ?? 0);
    },
  };
}
