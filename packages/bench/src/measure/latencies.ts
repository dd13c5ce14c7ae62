/** Every latency as it was, so that percentiles are exact. 8 bytes each: a minute at 50,000 per second is 24 MB. */
export class Latencies {
  private values = new Float64Array(1 << 16);
  count = 0;

  add(ms: number): void {
    if (this.count === this.values.length) this.grow();
    this.values[this.count++] = ms;
  }

  /** The smallest latency that at least `percent` of all do not exceed (nearest rank). */
  percentile(percent: number): number {
    if (this.count === 0) return NaN;
    const sorted = this.values.slice(0, this.count).sort();
    return sorted[Math.max(0, Math.ceil((percent / 100) * this.count) - 1)]!;
  }

  private grow(): void {
    const larger = new Float64Array(this.values.length * 2);
    larger.set(this.values);
    this.values = larger;
  }
}
