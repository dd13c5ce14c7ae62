import { LATENCY_BUCKETS } from './latency';
import { Metrics } from './metrics';

/** As text, without the help line. */
const exposed = async (metrics: Metrics): Promise<string> => (await metrics.expose()).replace(/^# HELP.*\n/gm, '');

it('is exposed as the histogram of prom-client is', async () => {
  const [ours, theirs] = [new Metrics(), new Metrics()];
  const latency = ours.latency('x_seconds', 'how long x takes');
  const histogram = theirs.histogram('x_seconds', 'how long x takes', LATENCY_BUCKETS);
  for (const seconds of [0, 0.00005, 0.000051, 0.3, 10, 11, 0.3]) {
    latency.observe(seconds);
    histogram.observe(seconds);
  }
  expect(await exposed(ours)).toBe(await exposed(theirs));
});

it('is one object when it is declared again', () => {
  const metrics = new Metrics();
  expect(metrics.latency('x_seconds', 'x')).toBe(metrics.latency('x_seconds', 'x'));
});
