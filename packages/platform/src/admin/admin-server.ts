import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { Readiness, Startable } from '../lifecycle/startable';
import type { Metrics } from '../metrics/metrics';

export interface AdminServerOptions {
  readonly host: string;
  /** 0 lets the system choose; see {@link AdminServer.port}. */
  readonly port: number;
}

/** `/healthz` (the process turns), `/readyz` (it can do its work, or why not) and `/metrics`, for a piece that runs alone. */
export class AdminServer implements Startable {
  private readonly server: Server;

  constructor(
    private readonly options: AdminServerOptions,
    private readonly collaborators: { readonly metrics: Metrics; readonly readiness: () => Readiness },
  ) {
    this.server = createServer({ requestTimeout: 10_000 }, (request, response) => {
      this.answer(request.url ?? '/').then(
        ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
        () => response.writeHead(500).end(),
      );
    });
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address ? address.port : this.options.port;
  }

  async start(): Promise<void> {
    if (this.server.listening) return;
    this.server.listen(this.options.port, this.options.host);
    await once(this.server, 'listening');
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(url: string): Promise<{ status: number; type: string; body: string }> {
    const text = 'text/plain; charset=utf-8';
    switch (url.split('?')[0]) {
      case '/healthz':
        return { status: 200, type: text, body: 'ok\n' };
      case '/readyz': {
        const state = this.collaborators.readiness();
        return state.ready
          ? { status: 200, type: text, body: 'ready\n' }
          : { status: 503, type: text, body: `${state.reason}\n` };
      }
      case '/metrics':
        return { status: 200, type: 'text/plain; version=0.0.4', body: await this.collaborators.metrics.expose() };
      default:
        return { status: 404, type: text, body: '' };
    }
  }
}
