import { connect } from 'node:net';
import { addressProblem, dialErrorText, splitHostPort } from '@tribune/platform';
import { critical, passing, type Probe } from '../probe';

export interface TcpProbeOptions {
  /** `host:port`; both address families are tried. */
  readonly target: string;
  readonly timeoutMs: number;
}

/** Passing when a connection can be made; nothing is sent. */
export function tcpProbe({ target, timeoutMs }: TcpProbeOptions): Probe {
  return {
    run: (signal) =>
      new Promise((resolve) => {
        const address = splitHostPort(target);
        if (!address) return resolve(critical(addressProblem('tcp', target)!));
        const socket = connect({ host: address.host || '127.0.0.1', port: address.port, autoSelectFamily: true });
        const settle = (observation: ReturnType<typeof passing>): void => {
          clearTimeout(limit);
          signal.removeEventListener('abort', abandon);
          socket.destroy();
          resolve(observation);
        };
        const abandon = (): void => settle(critical('check stopped'));
        const limit = setTimeout(() => settle(critical(`dial tcp ${target}: i/o timeout`)), timeoutMs);
        signal.addEventListener('abort', abandon, { once: true });
        socket.once('connect', () => settle(passing(`TCP connect ${target}: Success`)));
        // Errors may still follow the one that settled.
        socket.on('error', (error) => settle(critical(dialErrorText('tcp', target, error))));
      }),
  };
}
