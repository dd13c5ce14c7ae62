import type { Metrics } from '@tribune/platform';

interface PromValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
}
interface PromMetric {
  readonly name: string;
  readonly type: string;
  readonly values: readonly PromValue[];
}

type Entry = Readonly<Record<string, unknown>> & { readonly Name: string };

/** The `/v1/agent/metrics` form of the registry: counters and histograms since the start of the process. */
export async function agentMetricsJson(metrics: Metrics, wallMs: number): Promise<object> {
  const all = (await metrics.registry.getMetricsAsJSON()) as unknown as readonly PromMetric[];
  const of = (type: string): readonly PromMetric[] => all.filter((metric) => metric.type === type);
  return {
    Timestamp: goTimestamp(wallMs),
    Gauges: [...runtimeGauges(), ...of('gauge').flatMap(gauges)],
    Points: [],
    Counters: of('counter').flatMap(counters),
    Samples: of('histogram').flatMap(samples),
  };
}

/** Under the names that dashboards made for Consul look for; what only a Go runtime has is left out. */
function runtimeGauges(): Entry[] {
  const { heapUsed, rss } = process.memoryUsage();
  return [
    { Name: 'consul.runtime.alloc_bytes', Value: heapUsed, Labels: {} },
    { Name: 'consul.runtime.sys_bytes', Value: rss, Labels: {} },
  ];
}

const gauges = ({ name, values }: PromMetric): Entry[] =>
  values.map(({ value, labels }) => ({ Name: name, Value: value, Labels: textLabels(labels) }));

const counters = ({ name, values }: PromMetric): Entry[] =>
  values.map(({ value, labels }) => aggregate(name, labels, value, value));

function samples({ name, values }: PromMetric): Entry[] {
  const sums = values.filter(({ metricName }) => metricName === `${name}_sum`);
  return sums.map(({ value: sum, labels }) => {
    const count =
      values.find((one) => one.metricName === `${name}_count` && sameLabels(one.labels, labels))?.value ?? 0;
    return aggregate(name, labels, count, sum);
  });
}

/** Extremes and deviation are not kept; the mean stands for both ends. */
function aggregate(name: string, labels: PromValue['labels'], count: number, sum: number): Entry {
  const mean = count === 0 ? 0 : sum / count;
  const spread = { Min: mean, Max: mean, Mean: mean, Stddev: 0 };
  return { Name: name, Count: count, Rate: mean, Sum: sum, ...spread, Labels: textLabels(labels) };
}

const textLabels = (labels: PromValue['labels']): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]));

const sameLabels = (a: PromValue['labels'], b: PromValue['labels']): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, value]) => b[name] === value);

/** `2026-11-20 11:14:50 +0000 UTC`, of the ten-second interval that Consul aggregates over. */
function goTimestamp(wallMs: number): string {
  const interval = new Date(Math.floor(wallMs / 10_000) * 10_000).toISOString();
  return `${interval.slice(0, 10)} ${interval.slice(11, 19)} +0000 UTC`;
}
