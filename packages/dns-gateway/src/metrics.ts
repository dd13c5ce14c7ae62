import { LATENCY_BUCKETS, type Metrics } from '@tribune/platform';
import { rcodeName, TYPE, typeName } from './wire/codes';

/** What the gateway knows of itself when the metrics are read. */
export interface DnsGauges {
  readonly cachedAnswers: () => number;
  readonly followedServices: () => number;
  readonly tcpConnections: () => number;
}

/** What the shell reports as it goes. */
export interface DnsMetrics {
  answered(rcode: number, type: number): void;
  ignored(reason: string): void;
  waited(seconds: number): void;
  recursorFailed(recursor: string): void;
  handlerFailed(): void;
}

const NAMED_TYPES: ReadonlySet<number> = new Set(Object.values(TYPE));

/** All metrics of the gateway. */
export function dnsMetrics(metrics: Metrics, gauges: DnsGauges): DnsMetrics {
  const name = (suffix: string): string => `tribune_dns_gateway_${suffix}`;
  gauge(metrics, name('cached_answers'), 'Encoded answers kept', gauges.cachedAnswers);
  gauge(metrics, name('followed_services'), 'Services followed', gauges.followedServices);
  gauge(metrics, name('tcp_connections'), 'Open TCP connections', gauges.tcpConnections);
  const ignored = metrics.counter(name('ignored_total'), 'Packets that got no answer', ['reason']);
  const recursorFailures = metrics.counter(name('recursor_failures_total'), 'Recursors that gave no answer', [
    'recursor',
  ]);
  const handlerFailures = metrics.counter(name('handler_failures_total'), 'Queries that met a bug of ours');
  const waited = metrics.histogram(
    name('wait_seconds'),
    'Time of queries that waited for a first snapshot or a recursor',
    LATENCY_BUCKETS,
  );
  return {
    answered: answerCounter(metrics, name('queries_total')),
    ignored: (reason) => ignored.inc({ reason }),
    waited: (seconds) => waited.observe(seconds),
    recursorFailed: (recursor) => recursorFailures.inc({ recursor }),
    handlerFailed: () => handlerFailures.inc(),
  };
}

/** Answers are counted in a plain map, and handed over when somebody reads: a labelled counter costs as much as an answer. */
function answerCounter(metrics: Metrics, name: string): DnsMetrics['answered'] {
  const counter = metrics.counter(name, 'Queries answered', ['rcode', 'qtype']);
  const pending = new Map<number, number>();
  const collect = (): void => {
    for (const [key, count] of pending) {
      const type = key & 0xffff;
      const qtype = NAMED_TYPES.has(type) ? typeName(type) : 'other';
      counter.inc({ rcode: rcodeName(key >> 16), qtype }, count);
    }
    pending.clear();
  };
  Object.assign(counter, { collect });
  return (rcode, type) => {
    const key = (rcode << 16) | type;
    pending.set(key, (pending.get(key) ?? 0) + 1);
  };
}

function gauge(metrics: Metrics, name: string, help: string, value: () => number): void {
  const metric = metrics.gauge(name, help);
  Object.assign(metric, { collect: () => metric.set(value()) });
}
