import { createServer, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer, Socket, type AddressInfo } from 'node:net';
import { unlink } from 'node:fs/promises';
import type { Logger, Startable } from '@tribune/platform';
import type { HttpAddress } from '../options';
import { refuse, statusOf, unknownMethod, type ParserError } from './broken-request';
import type { ConnectionCap } from './connection-cap';
import type { Dispatcher } from './dispatcher';
import { revived } from './raw-target';

/**
 * An idle connection stays, as with Consul: only the client knows when it is done with it, and one that was busy for minutes
 * must not find it closed. Clients that vanished are found by TCP's own probes, at Go's distance. Milliseconds.
 */
const NO_IDLE_LIMIT = 0;
const PROBE_MS = 15_000;
/** A client may take this long to send its headers, and its whole request. Milliseconds. */
const HEADERS_MS = 30_000;
const REQUEST_MS = 120_000;
/** Request line and headers together: long filters come in the query. Bytes. */
const HEADER_BYTES_MAX = 131_072;
/**
 * At the end, requests under way have this long to be answered, and connections without one stay open a moment longer: what
 * a client was just sending on them is answered too. Milliseconds.
 */
const FAREWELL_MS = 2_000;
const IDLE_FAREWELL_MS = 100;

/** The listening sockets. Everything about HTTP that is not about one request. */
export class HttpServer implements Startable {
  private servers: Server[] = [];
  private readonly sockets = new Set<Socket>();
  private isStopping = false;

  constructor(
    private readonly addresses: readonly HttpAddress[],
    private readonly dispatcher: Dispatcher,
    private readonly cap: ConnectionCap,
    private readonly logger: Logger,
  ) {}

  /** The TCP port of the first address, once started. */
  get port(): number {
    for (const server of this.servers) {
      const address = server.address() as AddressInfo | string | null;
      if (address !== null && typeof address === 'object') return address.port;
    }
    return 0;
  }

  get openConnections(): number {
    return this.sockets.size;
  }

  async start(): Promise<void> {
    if (this.servers.length > 0) return;
    try {
      for (const address of this.addresses) this.servers.push(await this.listen(address));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /**
   * New connections are refused from the first moment, which tells their clients that nothing was done. `unpark` releases
   * the requests that only wait for a change.
   */
  async stop(unpark: () => void = () => undefined): Promise<void> {
    const { servers } = this;
    this.servers = [];
    this.isStopping = true;
    // Not http.Server's own: it would cut connections on which a request has come that nobody has read yet.
    const closed = Promise.all(
      servers.map((server) => new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()))),
    );
    for (const socket of this.sockets) lastAnswer(answering(socket));
    unpark();
    const idle = setTimeout(() => this.cutOff((socket) => !answering(socket)), IDLE_FAREWELL_MS);
    const all = setTimeout(() => this.cutOff(() => true), FAREWELL_MS);
    await closed;
    clearTimeout(idle);
    clearTimeout(all);
    // Ends its timers.
    for (const server of servers) server.close();
    this.isStopping = false;
  }

  private cutOff(which: (socket: Socket) => boolean): void {
    for (const socket of this.sockets) if (which(socket)) socket.destroy();
  }

  private async listen(address: HttpAddress): Promise<Server> {
    const server = createServer({
      requireHostHeader: false,
      keepAliveTimeout: NO_IDLE_LIMIT,
      keepAlive: true,
      keepAliveInitialDelay: PROBE_MS,
      maxHeaderSize: HEADER_BYTES_MAX,
    });
    server.headersTimeout = HEADERS_MS;
    server.requestTimeout = REQUEST_MS;
    server.timeout = 0;
    server.on('connection', (socket) => this.admit(socket));
    server.on('request', (request, response) => {
      if (this.isStopping) lastAnswer(response);
      this.dispatcher.dispatch(request, response);
    });
    server.on('checkContinue', (request, response) => this.dispatcher.dispatch(request, response));
    server.on('dropRequest', (_request, socket) => socket.destroy());
    server.on('clientError', (error: ParserError, socket) => {
      const again = revived(error, socket as Socket);
      if (again) server.emit('connection', again);
      else this.refuseBroken(error, socket as Socket);
    });
    if ('path' in address) await unlink(address.path).catch(() => undefined);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(address, () => {
        server.removeListener('error', reject);
        resolve();
      });
    });
    server.on('error', (error) => this.logger.error('http server failed', { error }));
    return server;
  }

  private admit(socket: Socket): void {
    this.sockets.add(socket);
    socket._final = sayGoodbye;
    socket.once('close', () => this.sockets.delete(socket));
    this.cap.admit(socket);
  }

  private refuseBroken(error: ParserError, socket: Socket): void {
    const request = unknownMethod(error);
    const allow = request ? this.dispatcher.allowOf(request.target) : undefined;
    if (!request || allow === undefined) {
      const line = statusOf(error);
      return refuse(socket, line, line);
    }
    const headers = `Allow: ${allow}\r\nVary: Accept-Encoding\r\n`;
    refuse(socket, '405 Method Not Allowed', `method ${request.method} not allowed`, headers);
  }
}

/**
 * To a client that has said goodbye itself, closing the connection says it, which follows at once: a call of the kernel and
 * a turn of the event loop less, for thousands when thousands go.
 */
function sayGoodbye(this: Socket, done: (error?: Error | null) => void): void {
  if (this.readableEnded) done();
  else Socket.prototype._final.call(this, done);
}

/** The answer that a connection is busy with. Node's own name for it, which it has had since its beginnings. */
function answering(socket: Socket): ServerResponse | undefined {
  return (socket as Socket & { _httpMessage?: ServerResponse | null })._httpMessage ?? undefined;
}

/** Makes Node say `Connection: close`, and close it afterwards. */
function lastAnswer(response: ServerResponse | undefined): void {
  if (response && !response.headersSent) response.shouldKeepAlive = false;
}
