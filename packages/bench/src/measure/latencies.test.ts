import { Latencies } from './latencies';

describe('Latencies', () => {
  test('percentiles by nearest rank, whatever the order of arrival', () => {
    const latencies = new Latencies();
    for (let ms = 100; ms >= 1; ms--) latencies.add(ms);
    expect([50, 99, 100].map((percent) => latencies.percentile(percent))).toEqual([50, 99, 100]);
  });

  test('keeps more than it was made for', () => {
    const latencies = new Latencies();
    for (let n = 0; n < 200_000; n++) latencies.add(n);
    expect(latencies.count).toBe(200_000);
    expect(latencies.percentile(50)).toBe(99_999);
  });
});
