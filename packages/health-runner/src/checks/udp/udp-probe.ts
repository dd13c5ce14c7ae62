import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns';
import { addressProblem, dialErrorText, splitHostPort } from '@tribune/platform';
import { critical, passing, type Probe } from '../probe';

export interface UdpProbeOptions {
  /** `host:port` */
  readonly target: string;
  readonly timeoutMs: number;
}

/** The payload is Consul's; a server that does not know it may well stay silent. */
const PAYLOAD = Buffer.from('PING');

/**
 * A datagram is sent. Passing on any reply, and on silence: only an ICMP "port unreachable" proves that nobody
 * listens, and the kernel reports it as an error on a connected socket.
 */
export function udpProbe({ target, timeoutMs }: UdpProbeOptions): Probe {
  return {
    run: (signal) =>
      new Promise((resolve) => {
        const address = splitHostPort(target);
        if (!address) return resolve(critical(addressProblem('udp', target)!));
        lookup(address.host || '127.0.0.1', (failure, host, family) => {
          if (failure) resolve(critical(dialErrorText('udp', target, failure)));
          else void exchange(family === 6 ? 'udp6' : 'udp4', host, address.port, signal).then(resolve);
        });
      }),
  };

  function exchange(type: 'udp4' | 'udp6', host: string, port: number, signal: AbortSignal): ReturnType<Probe['run']> {
    return new Promise((resolve) => {
      const socket = createSocket(type);
      let settled = false;
      const settle = (observation: ReturnType<typeof passing>): void => {
        if (settled) return;
        settled = true;
        clearTimeout(limit);
        signal.removeEventListener('abort', abandon);
        socket.close();
        resolve(observation);
      };
      const success = passing(`UDP connect ${target}: Success`);
      const abandon = (): void => settle(critical('check stopped'));
      const limit = setTimeout(() => settle(success), timeoutMs);
      signal.addEventListener('abort', abandon, { once: true });
      socket.on('error', (error) => settle(critical(readErrorText(target, error))));
      socket.on('message', () => settle(success));
      socket.connect(port, host, () => {
        if (!settled) socket.send(PAYLOAD);
      });
    });
  }
}

function readErrorText(target: string, error: NodeJS.ErrnoException): string {
  return error.code === 'ECONNREFUSED'
    ? `read udp ${target}: read: connection refused`
    : dialErrorText('udp', target, error);
}
