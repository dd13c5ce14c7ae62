import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Clock, Startable } from '@tribune/platform';
import type { DnsBounds } from '../options';
import type { QueryHandler } from './query-handler';
import { TcpConnection, type ConnectionBounds } from './tcp-connection';

export type TcpBounds = ConnectionBounds & Pick<DnsBounds, 'tcpConnectionsMax' | 'tcpConnectionsPerSourceMax'>;

/** Accepts connections, and keeps them from being too many: for a new one the one silent for longest goes. */
export class TcpListener implements Startable {
  /** In order of last activity. */
  private readonly connections = new Map<TcpConnection, string>();
  private readonly perSource = new Map<string, number>();
  private server: Server | undefined;

  constructor(
    private readonly host: string,
    private readonly requestedPort: number,
    private readonly bounds: TcpBounds,
    private readonly collaborators: { readonly handler: QueryHandler; readonly clock: Clock },
  ) {}

  get port(): number {
    const address = this.server?.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  get connectionCount(): number {
    return this.connections.size;
  }

  async start(): Promise<void> {
    if (this.server) return;
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: false }, (socket) => this.accept(socket));
    server.listen(this.requestedPort, this.host);
    await once(server, 'listening');
    server.on('error', () => undefined);
    this.server = server;
  }

  async stop(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    for (const connection of this.connections.keys()) connection.close();
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  private accept(socket: Socket): void {
    const source = socket.remoteAddress ?? '';
    const fromSource = this.perSource.get(source) ?? 0;
    if (fromSource >= this.bounds.tcpConnectionsPerSourceMax) return void socket.destroy();
    if (this.connections.size >= this.bounds.tcpConnectionsMax) this.connections.keys().next().value!.close();
    this.perSource.set(source, fromSource + 1);
    const active = (): void => {
      if (!this.connections.delete(connection)) return;
      this.connections.set(connection, source);
    };
    const connection = new TcpConnection(socket, this.bounds, { ...this.collaborators, active });
    this.connections.set(connection, source);
    socket.on('close', () => this.forget(connection, source));
  }

  private forget(connection: TcpConnection, source: string): void {
    this.connections.delete(connection);
    const left = (this.perSource.get(source) ?? 1) - 1;
    if (left > 0) this.perSource.set(source, left);
    else this.perSource.delete(source);
  }
}
