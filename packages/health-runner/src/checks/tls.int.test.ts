import { once } from 'node:events';
import { createSecureServer } from 'node:http2';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import type { Observation } from '../core/check-state';
import { SELF_SIGNED } from '../testing/self-signed';
import { h2pingProbe } from './h2ping/h2ping-probe';
import { httpProbe } from './http/http-probe';

interface Trust {
  readonly tlsServerName: string;
  readonly tlsSkipVerify: boolean;
}
const STRICT: Trust = { tlsServerName: '', tlsSkipVerify: false };
const TRUSTING: Trust = { tlsServerName: '', tlsSkipVerify: true };
const signal = new AbortController().signal;

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
const close = (server: Server): Promise<unknown> => new Promise((resolve) => server.close(resolve));

describe('https', () => {
  async function look(trust: Trust): Promise<Observation> {
    const server = createServer(SELF_SIGNED, (_request, response) => response.end('ok'));
    const url = `https://127.0.0.1:${await portOf(server)}/`;
    const rest = { method: '', header: {}, body: '', disableRedirects: false, timeoutMs: 5000, outputBytesMax: 4096 };
    const seen = await httpProbe({ url, ...rest, ...trust }).run(signal);
    await close(server);
    return { ...seen, output: seen.output.replace(url, 'URL') };
  }

  test('a certificate of an unknown authority is critical', async () => {
    expect(await look(STRICT)).toEqual({
      status: 'critical',
      output: 'Get "URL": x509: certificate signed by unknown authority',
    });
  });

  test('is passing when it is not to be verified', async () => {
    expect(await look(TRUSTING)).toEqual({ status: 'passing', output: 'HTTP GET URL: 200 OK Output: ok' });
  });
});

describe('h2ping over TLS', () => {
  async function look(trust: Trust): Promise<Observation> {
    const server = createSecureServer(SELF_SIGNED);
    const target = `127.0.0.1:${await portOf(server)}`;
    const seen = await h2pingProbe({ target, useTls: true, timeoutMs: 5000, ...trust }).run(signal);
    await close(server);
    return { ...seen, output: seen.output.replace(target, 'TARGET') };
  }

  test('a certificate of an unknown authority is critical', async () => {
    expect(await look(STRICT)).toEqual({
      status: 'critical',
      output: 'Failed to dial to TARGET: x509: certificate signed by unknown authority',
    });
  });

  test('is passing when it is not to be verified', async () => {
    expect(await look(TRUSTING)).toEqual({ status: 'passing', output: 'HTTP2 ping was successful' });
  });
});
