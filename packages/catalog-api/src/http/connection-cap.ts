import type { Socket } from 'node:net';

const SENTENCE = 'Your IP is issuing too many concurrent connections, please rate limit your calls\n';
const REFUSAL =
  `HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 1\r\n` +
  `Content-Length: ${SENTENCE.length}\r\nConnection: close\r\n\r\n${SENTENCE}`;

/** Counts connections per client address and refuses those above the limit (`http_max_conns_per_client`). */
export class ConnectionCap {
  private readonly open = new Map<string, number>();

  constructor(
    private readonly perClientMax: number,
    private readonly onRefused: () => void,
  ) {}

  /** False: the connection has been answered 429 and is being closed. */
  admit(socket: Socket): boolean {
    const address = socket.remoteAddress;
    if (this.perClientMax === 0 || address === undefined) return true;
    const count = (this.open.get(address) ?? 0) + 1;
    if (count > this.perClientMax) {
      this.onRefused();
      socket.on('error', () => undefined);
      socket.end(REFUSAL, () => socket.destroy());
      return false;
    }
    this.open.set(address, count);
    socket.once('close', () => this.release(address));
    return true;
  }

  private release(address: string): void {
    const left = this.open.get(address)! - 1;
    if (left === 0) this.open.delete(address);
    else this.open.set(address, left);
  }
}
