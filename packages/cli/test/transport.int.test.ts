import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../src/run';
import { FakeTerminal } from './fake-terminal';

const tls = (name: string): string => join(__dirname, 'tls', name);
let server: http.Server | https.Server;
let asked: http.IncomingHttpHeaders;
afterEach(() => new Promise((resolve) => server.close(resolve)));

const answer: http.RequestListener = (request, response) => {
  asked = request.headers;
  response.end('["dc1"]');
};

const listen = (where: number | string): Promise<number> =>
  new Promise((resolve) =>
    server.listen(where as number, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );

async function datacenters(flags: readonly string[], env: Record<string, string> = {}) {
  const terminal = new FakeTerminal({ env });
  const code = await run(['catalog', 'datacenters', ...flags], terminal);
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

const DC1 = { code: 0, stdout: 'dc1\n', stderr: '' };

test('a unix socket', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'socket-'));
  const path = join(folder, 'agent.sock');
  server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  expect(await datacenters([`-http-addr=unix://${path}`])).toEqual(DC1);
  rmSync(folder, { recursive: true });
  const { code, stderr } = await datacenters([`-http-addr=unix://${path}`]);
  expect(code).toBe(1);
  expect(stderr).toContain(`dial unix ${path}: connect: no such file or directory`);
});

test('the token and basic authentication are sent', async () => {
  server = http.createServer(answer);
  const address = `127.0.0.1:${await listen(0)}`;
  expect(await datacenters(['-token=secret'], { CONSUL_HTTP_ADDR: address, CONSUL_HTTP_AUTH: 'u:p' })).toEqual(DC1);
  expect(asked).toMatchObject({
    'x-consul-token': 'secret',
    authorization: `Basic ${Buffer.from('u:p').toString('base64')}`,
  });
});

describe('TLS', () => {
  const serve = async (): Promise<string> => {
    const options = {
      cert: readFileSync(tls('leaf.pem')),
      key: readFileSync(tls('leaf-key.pem')),
      ca: readFileSync(tls('ca.pem')),
    };
    server = https.createServer({ ...options, requestCert: true, rejectUnauthorized: true }, answer);
    return `127.0.0.1:${await listen(0)}`;
  };
  const pair = [`-client-cert=${tls('leaf.pem')}`, `-client-key=${tls('leaf-key.pem')}`];
  const authority = [`-ca-file=${tls('ca.pem')}`, '-tls-server-name=server.dc1.consul'];

  test('with flags', async () => {
    const address = await serve();
    expect(await datacenters([`-http-addr=https://${address}`, ...authority, ...pair])).toEqual(DC1);
  });

  test('with the environment, and without verification', async () => {
    const address = await serve();
    const env = {
      CONSUL_HTTP_ADDR: address,
      CONSUL_HTTP_SSL: 'true',
      CONSUL_HTTP_SSL_VERIFY: 'false',
      CONSUL_CLIENT_CERT: tls('leaf.pem'),
      CONSUL_CLIENT_KEY: tls('leaf-key.pem'),
    };
    expect(await datacenters([], env)).toEqual(DC1);
  });

  test('an unknown authority, a wrong name and half a pair are errors', async () => {
    const address = `-http-addr=https://${await serve()}`;
    expect((await datacenters([address, ...pair])).stderr).toMatch(/self-signed certificate in certificate chain/);
    expect((await datacenters([address, ...pair, authority[0]!])).stderr).toMatch(
      /does not match certificate's altnames/,
    );
    expect((await datacenters([address, ...authority, pair[0]!])).stderr).toMatch(/Both client cert and client key/);
    expect((await datacenters([address, '-ca-file=/no/such/file'])).stderr).toMatch(/\/no\/such\/file/);
  });
});
