import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Latency } from './latency';

export type { Counter, Gauge, Histogram };
export { LATENCY_BUCKETS, type Latency } from './latency';

/**
 * One registry per process; each package declares its metrics once in its own `metrics.ts` as
 * `tribune_<package>_<noun>_<unit|total>` and records from outcomes. prom-client has its home here.
 */
export class Metrics {
  readonly registry = new Registry();

  counter<L extends string = never>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return this.existing<Counter<L>>(name) ?? new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  gauge<L extends string = never>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> {
    return this.existing<Gauge<L>>(name) ?? new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  histogram<L extends string = never>(
    name: string,
    help: string,
    buckets: readonly number[],
    labelNames: readonly L[] = [],
  ): Histogram<L> {
    return (
      this.existing<Histogram<L>>(name) ??
      new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [this.registry] })
    );
  }

  /** A histogram over LATENCY_BUCKETS for what happens with every command. */
  latency(name: string, help: string): Latency {
    return this.existing<Latency>(name) ?? new Latency(name, help, this.registry);
  }

  /** The Prometheus text exposition. */
  expose(): Promise<string> {
    return this.registry.metrics();
  }

  // A piece that the launcher restarts inside the process declares its metrics again; it gets the same objects.
  private existing<T>(name: string): T | undefined {
    return this.registry.getSingleMetric(name) as T | undefined;
  }
}
