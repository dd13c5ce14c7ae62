import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that Consul's command line made, and what its agent answered. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly body?: string;
  readonly status: number;
  readonly index?: string;
  readonly answer: string;
}

/** Answers from a recording: the n-th request must be the n-th that was recorded. */
export class RecordedAgent {
  readonly seen: string[] = [];
  private readonly bodies: string[] = [];

  private constructor(
    private readonly server: Server,
    private readonly exchanges: readonly Exchange[],
  ) {}

  static async start(exchanges: readonly Exchange[]): Promise<RecordedAgent> {
    const server = createServer();
    const agent = new RecordedAgent(server, exchanges);
    server.on('request', (request: IncomingMessage, response) => {
      void readBody(request).then((body) => {
        const next = exchanges[agent.seen.length];
        agent.seen.push(requestLine(request.method ?? '', request.url ?? ''));
        agent.bodies.push(body);
        if (!next) return response.writeHead(599).end('not recorded');
        response.writeHead(next.status, next.index === undefined ? {} : { 'X-Consul-Index': next.index });
        response.end(next.answer);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return agent;
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get expected(): string[] {
    return this.exchanges.map((one) => requestLine(one.method, one.url));
  }

  /** Of the n-th request. */
  bodyOf(at: number): string {
    return this.bodies[at] ?? '';
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

/** The order of query parameters and the way they are escaped mean nothing. */
function requestLine(method: string, url: string): string {
  const { pathname, searchParams } = new URL(url, 'http://agent');
  searchParams.sort();
  return `${method} ${decodeURIComponent(pathname)}?${searchParams.toString()}`;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
