import { HttpClient } from '../http';
import type { Door } from './kv-client';

/** Writes one key after another, each sent once, at a steady pace over the given servers; knows each that was acknowledged. */
export class SteadyWriter {
  readonly acknowledged: string[] = [];
  readonly failures: string[] = [];
  /** Moments of acknowledgement, and how long each took, ms. */
  readonly moments: number[] = [];
  readonly latencies: number[] = [];
  private readonly http: readonly HttpClient[];
  private readonly open = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private sent = 0;

  constructor(
    servers: readonly Door[],
    private readonly prefix: string,
    /** Which of the servers may be asked at this moment. */
    private readonly mayAsk: (server: number) => boolean = () => true,
  ) {
    this.http = servers.map(({ host, ports }) => new HttpClient(ports.http, undefined, host));
  }

  start(perSecond: number): this {
    this.timer = setInterval(() => {
      const writing = this.write().finally(() => this.open.delete(writing));
      this.open.add(writing);
    }, 1000 / perSecond).unref();
    return this;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.open);
    for (const http of this.http) http.close();
  }

  /** The longest time without an acknowledgement, from `since` on. */
  longestPauseMs(since: number): number {
    const moments = [since, ...this.moments.filter((at) => at >= since)];
    return Math.max(0, ...moments.slice(1).map((at, i) => at - moments[i]!));
  }

  /** How many were acknowledged so far; with {@link latenciesSince}, what a stretch of time was like. */
  get mark(): number {
    return this.latencies.length;
  }

  latenciesSince(mark: number): readonly number[] {
    return this.latencies.slice(mark);
  }

  get total(): number {
    return this.sent;
  }

  private async write(): Promise<void> {
    const key = `${this.prefix}${this.sent}`;
    const server = this.nextServer();
    const askedMs = performance.now();
    const answer = await this.http[server]!.send('PUT', `/v1/kv/${key}`, key).catch((error: Error) => error);
    if ('status' in answer && answer.status === 200 && answer.text.trim() === 'true') {
      this.acknowledged.push(key);
      this.moments.push(performance.now());
      this.latencies.push(performance.now() - askedMs);
    } else {
      this.failures.push('status' in answer ? `${answer.status} ${answer.text}` : answer.message);
    }
  }

  private nextServer(): number {
    for (;;) {
      const server = this.sent++ % this.http.length;
      if (this.mayAsk(server)) return server;
    }
  }
}
