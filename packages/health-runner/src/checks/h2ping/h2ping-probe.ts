import { connect } from 'node:http2';
import { dialErrorText } from '@tribune/platform';
import { critical, passing, type Probe } from '../probe';

export interface H2PingProbeOptions {
  /** `host:port` */
  readonly target: string;
  /** Without TLS the connection starts with HTTP/2 at once (h2c, prior knowledge). */
  readonly useTls: boolean;
  readonly tlsServerName: string;
  readonly tlsSkipVerify: boolean;
  readonly timeoutMs: number;
}

/** Passing when a PING frame is answered (RFC 9113 §6.7); proves more than a TCP connection, needs no route. */
export function h2pingProbe(options: H2PingProbeOptions): Probe {
  const { target, useTls, timeoutMs } = options;
  return {
    run: (signal) =>
      new Promise((resolve) => {
        const session = connect(`${useTls ? 'https' : 'http'}://${target}`, {
          rejectUnauthorized: !options.tlsSkipVerify,
          ...(options.tlsServerName ? { servername: options.tlsServerName } : {}),
        });
        const settle = (observation: ReturnType<typeof passing>): void => {
          clearTimeout(limit);
          signal.removeEventListener('abort', abandon);
          session.destroy();
          resolve(observation);
        };
        const abandon = (): void => settle(critical('check stopped'));
        const limit = setTimeout(
          () => settle(critical(`Failed to send HTTP2 ping: context deadline exceeded`)),
          timeoutMs,
        );
        signal.addEventListener('abort', abandon, { once: true });
        session.on('error', (error) =>
          settle(critical(`Failed to dial to ${target}: ${dialErrorText('tcp', target, error)}`)),
        );
        session.on('close', () => settle(critical(`Failed to send HTTP2 ping: connection closed`)));
        session.once('connect', () =>
          session.ping((failure) =>
            settle(
              failure
                ? critical(`Failed to send HTTP2 ping: ${failure.message}`)
                : passing('HTTP2 ping was successful'),
            ),
          ),
        );
      }),
  };
}
