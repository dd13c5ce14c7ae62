import { Agent, request as httpRequest } from 'node:http';
import { PATIENCE_MS } from '@tribune/testkit';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A small HTTP client with a connection pool per agent under test. */
export class HttpClient {
  private readonly pool = new Agent({ keepAlive: true });

  constructor(
    private readonly port: number,
    private readonly timeoutMs = PATIENCE_MS,
    private readonly host = '127.0.0.1',
  ) {}

  send(method: string, path: string, body?: string | Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { host: this.host, port: this.port, method, path, agent: this.pool, timeout: this.timeoutMs };
      const request = httpRequest(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode!, headers: response.headers, text: Buffer.concat(chunks).toString() });
        });
      });
      request.on('timeout', () => request.destroy(new Error(`${method} ${path}: no answer in ${this.timeoutMs} ms`)));
      request.on('error', reject);
      request.end(body);
    });
  }

  /** Asks again while there is no leader: nothing was done then, and a busy machine may elect at any time. */
  async decided(method: string, path: string, body?: string | Buffer): Promise<Answer> {
    for (;;) {
      const answer = await this.send(method, path, body);
      if (answer.status !== 500 || answer.text !== 'No cluster leader') return answer;
    }
  }

  /** GET of JSON; anything but 200 is an error that shows the answer. */
  async json<T>(path: string): Promise<T> {
    const answer = await this.decided('GET', path);
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.text}`);
    return JSON.parse(answer.text) as T;
  }

  /** PUT that must succeed. */
  async put(path: string, body: unknown = ''): Promise<string> {
    const data = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const answer = await this.decided('PUT', path, data);
    if (answer.status !== 200) throw new Error(`PUT ${path}: ${answer.status} ${answer.text}`);
    return answer.text.trim();
  }

  close(): void {
    this.pool.destroy();
  }
}
