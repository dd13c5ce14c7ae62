import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { Startable } from '@tribune/platform';
import type { QueryHandler } from './query-handler';

/** Room in the kernel for a burst while the event loop does something else. The kernel may give less. */
const RECEIVE_BUFFER_BYTES = 4 << 20;
/** Responses that wait for the kernel to take them; beyond this they are dropped, and clients ask again. */
const SEND_QUEUE_MAX = 10_000;

export class UdpListener implements Startable {
  private socket: Socket | undefined;

  constructor(
    private readonly host: string,
    private readonly requestedPort: number,
    private readonly handler: QueryHandler,
  ) {}

  get port(): number {
    return this.socket?.address().port ?? 0;
  }

  async start(): Promise<void> {
    if (this.socket) return;
    const type = isIPv6(this.host) ? 'udp6' : 'udp4';
    // Addresses are literals always; Node's own look-up would cost a turn of the event loop per response.
    const socket = createSocket({ type, lookup: (name, _options, done) => done(null, name, 0) });
    const listening = once(socket, 'listening');
    socket.bind({ port: this.requestedPort, address: this.host });
    await listening;
    try {
      socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    } catch {
      // The default has to do.
    }
    socket.on('error', () => undefined);
    socket.on('message', (packet, remote) => this.receive(socket, packet, remote));
    this.socket = socket;
  }

  async stop(): Promise<void> {
    const socket = this.socket;
    this.socket = undefined;
    if (socket) await new Promise<void>((resolve) => socket.close(resolve));
  }

  private receive(socket: Socket, packet: Buffer, remote: RemoteInfo): void {
    const response = this.handler.handle(packet, 'udp');
    if (!response) return;
    if (response instanceof Promise) void response.then((later) => later && this.send(socket, later, remote));
    else this.send(socket, response, remote);
  }

  private send(socket: Socket, response: Buffer, remote: RemoteInfo): void {
    if (socket !== this.socket || remote.port === 0 || socket.getSendQueueCount() > SEND_QUEUE_MAX) return;
    socket.send(response, remote.port, remote.address, ignoreResult);
  }
}

/** UDP promises nothing; an unreachable client is its own business. */
const ignoreResult = (): void => undefined;
