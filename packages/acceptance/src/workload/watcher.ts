import { HttpClient } from '../http';
import type { Door } from './kv-client';

/** Follows one key by blocking queries, as an application does, and keeps what it saw. */
export class Watcher {
  readonly seen: string[] = [];
  readonly indexes: number[] = [];
  private index = 0;
  private running = true;
  private readonly http: HttpClient;
  private readonly work: Promise<void>;

  constructor(
    { host, ports }: Door,
    private readonly key: string,
  ) {
    this.http = new HttpClient(ports.http, undefined, host);
    this.work = this.follow();
  }

  get last(): string | undefined {
    return this.seen.at(-1);
  }

  async stop(): Promise<void> {
    this.running = false;
    this.http.close();
    await this.work;
  }

  private async follow(): Promise<void> {
    while (this.running) {
      // A minute: a change that wakes nobody is noticed by the test long before this ends.
      const path = `/v1/kv/${this.key}?index=${this.index}&wait=60s`;
      const answer = await this.http.send('GET', path).catch(() => undefined);
      if (answer?.status !== 200) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        continue;
      }
      this.index = Number(answer.headers['x-consul-index']);
      this.indexes.push(this.index);
      const [row] = JSON.parse(answer.text) as { Value: string }[];
      const value = Buffer.from(row!.Value, 'base64').toString();
      if (value !== this.last) this.seen.push(value);
    }
  }
}
