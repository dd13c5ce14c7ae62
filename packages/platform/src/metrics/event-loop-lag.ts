import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Startable } from '../lifecycle/startable';
import type { Metrics } from './metrics';

/** Exports `tribune_event_loop_lag_seconds{service, quantile}`, measured by Node itself; reset at each scrape. */
export function eventLoopLag(metrics: Metrics, service: string): Startable {
  const histogram = monitorEventLoopDelay({ resolution: 10 });
  const gauge = metrics.gauge('tribune_event_loop_lag_seconds', 'How late the event loop ran its timers', [
    'service',
    'quantile',
  ]);
  const collect = (): void => {
    for (const quantile of [50, 99, 100]) {
      gauge.set(
        { service, quantile: String(quantile / 100) },
        Math.max(0, histogram.percentile(quantile) / 1e9 - 0.01),
      );
    }
    histogram.reset();
  };
  Object.assign(gauge, { collect });
  return {
    start: async () => void histogram.enable(),
    stop: async () => void histogram.disable(),
  };
}
