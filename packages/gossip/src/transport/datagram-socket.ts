import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4, isIPv6 } from 'node:net';
import type { Endpoint } from '../core/messages';

/** memberlist's default: enough for the bursts of a few thousand members between two turns of the event loop. */
const RECEIVE_BUFFER_BYTES = 2 * 1024 * 1024;

/** UDP on one address; a socket on `::` serves IPv4 as well. */
export class DatagramSocket {
  private readonly socket: Socket;
  private isOpen = false;

  constructor(
    private readonly address: string,
    received: (packet: Buffer, from: Endpoint) => void,
    private readonly failed: (error: Error) => void,
  ) {
    this.socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4' });
    this.socket.on('message', (packet, from) => received(packet, { host: plainHost(from.address), port: from.port }));
  }

  async open(port: number): Promise<void> {
    this.socket.bind({ address: this.address, port, exclusive: true });
    await once(this.socket, 'listening');
    this.isOpen = true;
    this.socket.on('error', this.failed);
    this.enlargeBuffer();
  }

  send(packet: Buffer, { host, port }: Endpoint): void {
    if (!this.isOpen || port === 0) return;
    // Unreachable and refused are what failure detection is for; they only get counted.
    this.socket.send(packet, port, this.reachable(host), (error) => {
      if (error) this.failed(error);
    });
  }

  close(): Promise<void> {
    this.isOpen = false;
    return new Promise((resolve) => this.socket.close(() => resolve()));
  }

  private reachable(host: string): string {
    return isIPv6(this.address) && isIPv4(host) ? `::ffff:${host}` : host;
  }

  private enlargeBuffer(): void {
    try {
      this.socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    } catch {
      // The system's own limit is lower; it stays.
    }
  }
}

/** `::ffff:10.0.0.1` and `fe80::1%eth0` as members know them. */
export const plainHost = (host: string): string => host.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
