import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { silentLogger } from '@tribune/platform';
import { GrpcServer } from '@tribune/protocol';
import { freePort } from '@tribune/testkit';
import { grpcProbe } from './grpc/grpc-probe';
import { h2pingProbe } from './h2ping/h2ping-probe';
import type { Probe } from './probe';
import { tcpProbe } from './tcp/tcp-probe';
import { udpProbe } from './udp/udp-probe';

const run = (probe: Probe) => probe.run(new AbortController().signal);

describe('tcp', () => {
  test('a connection is passing', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await run(tcpProbe({ target, timeoutMs: 5000 }))).toEqual({
      status: 'passing',
      output: `TCP connect ${target}: Success`,
    });
    await new Promise((resolve) => server.close(resolve));
  });

  test('a refused connection is critical', async () => {
    const target = `127.0.0.1:${await freePort()}`;
    expect(await run(tcpProbe({ target, timeoutMs: 5000 }))).toEqual({
      status: 'critical',
      output: `dial tcp ${target}: connect: connection refused`,
    });
  });

  test.each([
    ['host', 'dial tcp: address host: missing port in address'],
    ['host:99999', 'dial tcp: address 99999: invalid port'],
    ['::1', 'dial tcp: address ::1: too many colons in address'],
  ])('the target %s is critical', async (target, output) => {
    expect(await run(tcpProbe({ target, timeoutMs: 5000 }))).toEqual({ status: 'critical', output });
  });
});

describe('udp', () => {
  test('an answer is passing', async () => {
    const server = createSocket('udp4');
    server.on('message', (_message, { port, address }) => server.send('pong', port, address));
    await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
    const target = `127.0.0.1:${server.address().port}`;
    expect((await run(udpProbe({ target, timeoutMs: 60_000 }))).status).toBe('passing');
    server.close();
  });

  test('silence is passing', async () => {
    const server = createSocket('udp4');
    await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
    const target = `127.0.0.1:${server.address().port}`;
    expect(await run(udpProbe({ target, timeoutMs: 50 }))).toEqual({
      status: 'passing',
      output: `UDP connect ${target}: Success`,
    });
    server.close();
  });

  test('a closed port is critical', async () => {
    const target = `127.0.0.1:${await freePort()}`;
    expect((await run(udpProbe({ target, timeoutMs: 60_000 }))).output).toBe(
      `read udp ${target}: read: connection refused`,
    );
  });
});

describe('grpc', () => {
  const tls = { useTls: false, tlsServerName: '', tlsSkipVerify: false, timeoutMs: 5000 };
  let server: GrpcServer;
  beforeEach(async () => {
    server = new GrpcServer({ address: '127.0.0.1:0' }, silentLogger);
    await server.start();
  });
  afterEach(() => server.stop());

  async function look(path: string) {
    const probe = grpcProbe({ ...tls, target: `127.0.0.1:${server.port}${path}` });
    const seen = await run(probe);
    probe.close?.();
    return seen;
  }

  test('a serving server is passing', async () => {
    expect(await look('')).toEqual({ status: 'passing', output: `gRPC check 127.0.0.1:${server.port}: success` });
  });

  test('a service that does not serve is critical', async () => {
    server.health.set('web', 'NOT_SERVING');
    expect(await look('/web')).toEqual({
      status: 'critical',
      output: "gRPC application didn't report service healthy",
    });
  });

  test('nobody who listens is critical, in a text that stays the same', async () => {
    const target = `127.0.0.1:${await freePort()}`;
    const probe = grpcProbe({ ...tls, target });
    const dialing = `transport: Error while dialing dial tcp ${target}: connect: connection refused`;
    const expected = {
      status: 'critical',
      output: `rpc error: code = Unavailable desc = connection error: desc = "${dialing}"`,
    };
    expect(await run(probe)).toEqual(expected);
    expect(await run(probe)).toEqual(expected);
    probe.close?.();
  });

  test('a server that hangs up is critical, in a text that stays the same', async () => {
    const other = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const probe = grpcProbe({ ...tls, target: `127.0.0.1:${(other.address() as AddressInfo).port}` });
    expect((await run(probe)).output).toBe('rpc error: code = Unavailable desc = connection closed');
    probe.close?.();
    await new Promise((resolve) => other.close(resolve));
  });

  test('an unknown service is critical', async () => {
    expect((await look('/nope')).output).toBe('rpc error: code = NotFound desc = unknown service nope');
  });
});

describe('h2ping', () => {
  test('an answered ping is passing', async () => {
    const server = createHttp2Server().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const options = { target, useTls: false, tlsServerName: '', tlsSkipVerify: false, timeoutMs: 5000 };
    expect(await run(h2pingProbe(options))).toEqual({ status: 'passing', output: 'HTTP2 ping was successful' });
    await new Promise((resolve) => server.close(resolve));
  });

  test('a server that does not answer a ping in time is critical', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => sockets.add(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const options = { target, useTls: false, tlsServerName: '', tlsSkipVerify: false, timeoutMs: 1_000 };
    expect(await run(h2pingProbe(options))).toEqual({
      status: 'critical',
      output: 'Failed to send HTTP2 ping: context deadline exceeded',
    });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
});
