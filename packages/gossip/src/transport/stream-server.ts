import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Endpoint } from '../core/messages';
import { patientTimeout } from './patient-timeout';
import { StreamInbox } from './stream-inbox';

export interface StreamServerOptions {
  readonly address: string;
  readonly label: string;
  /** ms from connecting to the end of the answer. */
  readonly timeoutMs: number;
  /** Connections served at once; more are closed unread. */
  readonly connectionsMax: number;
}

export interface StreamHandlers {
  /** A complete message; resolves with the bytes to answer. */
  received(body: Buffer, from: Endpoint): Promise<Buffer | undefined>;
  /** Throws are answered with what this returns. */
  failed(error: unknown, from: Endpoint): Buffer | undefined;
  refused(): void;
}

/** Accepts one message per connection and answers it. */
export class StreamServer {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(
    private readonly options: StreamServerOptions,
    private readonly handlers: StreamHandlers,
  ) {
    this.server = createServer((socket) => this.accept(socket));
  }

  /** Returns the bound port. */
  async open(port: number): Promise<number> {
    this.server.listen({ port, host: this.options.address });
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private accept(socket: Socket): void {
    if (this.sockets.size >= this.options.connectionsMax) {
      this.handlers.refused();
      return void socket.destroy();
    }
    this.sockets.add(socket);
    const deadline = patientTimeout(this.options.timeoutMs, () => socket.destroy());
    socket.on('close', () => {
      deadline.cancel();
      this.sockets.delete(socket);
    });
    socket.on('error', () => socket.destroy());
    this.read(socket);
  }

  private read(socket: Socket): void {
    const from = { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    const inbox = new StreamInbox(this.options.label);
    const onData = (chunk: Buffer): void => {
      try {
        const body = inbox.push(chunk);
        if (!body) return;
        socket.off('data', onData);
        this.handlers.received(body, from).then(
          (answer) => socket.end(answer ?? ''),
          (error: unknown) => this.fail(socket, error, from),
        );
      } catch (error) {
        socket.off('data', onData);
        this.fail(socket, error, from);
      }
    };
    socket.on('data', onData);
  }

  private fail(socket: Socket, error: unknown, from: Endpoint): void {
    socket.end(this.handlers.failed(error, from) ?? '');
  }
}
