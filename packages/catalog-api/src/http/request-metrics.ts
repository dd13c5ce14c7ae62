import { LATENCY_BUCKETS, type Counter, type Gauge, type Histogram, type Metrics } from '@tribune/platform';

/** The metrics of this package. Blocking queries are counted but not timed: their time is the client's choice. */
export class CatalogApiMetrics {
  readonly requests: Counter<'route' | 'method' | 'status'>;
  readonly seconds: Histogram<'route'>;
  readonly connectionsRefused: Counter;
  readonly connections: Gauge;
  readonly parked: Gauge;
  readonly answersBytes: Gauge;

  constructor(metrics: Metrics) {
    this.requests = metrics.counter('tribune_catalog_api_requests_total', 'HTTP requests answered', [
      'route',
      'method',
      'status',
    ]);
    this.seconds = metrics.histogram('tribune_catalog_api_request_seconds', 'Time to answer', LATENCY_BUCKETS, [
      'route',
    ]);
    this.connectionsRefused = metrics.counter(
      'tribune_catalog_api_connections_refused_total',
      'Connections over the cap per client',
    );
    this.connections = metrics.gauge('tribune_catalog_api_connections', 'Open HTTP connections');
    this.parked = metrics.gauge('tribune_catalog_api_blocking_queries', 'Blocking queries parked now');
    this.answersBytes = metrics.gauge('tribune_catalog_api_answers_bytes', 'Bytes of encoded answers kept');
  }

  observeConnections(source: { readonly openConnections: number }): void {
    collected(this.connections, (gauge) => gauge.set(source.openConnections));
  }

  /** Reads these gauges from `source` whenever the registry is read. */
  observe(source: { readonly parked: number; readonly answers: { readonly bytesKept: number } }): void {
    collected(this.parked, (gauge) => gauge.set(source.parked));
    collected(this.answersBytes, (gauge) => gauge.set(source.answers.bytesKept));
  }
}

/** prom-client calls `collect` of a metric before it reads it. */
function collected<T extends object>(metric: T, collect: (metric: T) => void): void {
  (metric as { collect?: () => void }).collect = () => collect(metric);
}

export interface RequestMetrics {
  /** `elapsedMs` undefined: not to be timed. */
  answered(route: string, method: string, status: number, elapsedMs: number | undefined): void;
}

/**
 * Counts requests in plain numbers and hands them to the registry when it is read: a labelled increment costs more than
 * the lookup of a cached answer. Durations are observed one in {@link SAMPLE_EVERY} per route.
 */
export class RequestTally implements RequestMetrics {
  private readonly counts = new Map<
    string,
    { count: number; reported: number; labels: Record<'route' | 'method' | 'status', string> }
  >();
  private turn = 0;

  constructor(private readonly metrics: CatalogApiMetrics) {
    collected(metrics.requests, () => this.report());
  }

  answered(route: string, method: string, status: number, elapsedMs: number | undefined): void {
    this.counted(route, method, status);
    if (elapsedMs !== undefined && this.turn++ % SAMPLE_EVERY === 0)
      this.metrics.seconds.observe({ route }, elapsedMs / 1000);
  }

  counted(route: string, method: string, status: number): void {
    const key = `${status}${method}${route}`;
    let entry = this.counts.get(key);
    if (!entry)
      this.counts.set(key, (entry = { count: 0, reported: 0, labels: { route, method, status: String(status) } }));
    entry.count++;
  }

  private report(): void {
    for (const entry of this.counts.values()) {
      if (entry.count > entry.reported) this.metrics.requests.inc(entry.labels, entry.count - entry.reported);
      entry.reported = entry.count;
    }
  }
}

const SAMPLE_EVERY = 16;
