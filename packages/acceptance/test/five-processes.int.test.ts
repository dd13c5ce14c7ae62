import { Resolver } from 'node:dns/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '@tribune/testkit';
import { HttpClient } from '../src/http';
import { PIECES, Pieces } from '../src/pieces';
import { call, plainClient } from '../src/plain-grpc';

/** Each piece is a container of its own here: they share no memory and find each other by gRPC addresses. */
describe('the five pieces as five processes', () => {
  const web = createServer((_, response) => response.end('hello'));
  let pieces: Pieces;
  let http: HttpClient;
  let resolver: Resolver;
  let port: number;

  beforeAll(async () => {
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    port = (web.address() as AddressInfo).port;
    pieces = await Pieces.create();
    for (const piece of PIECES) pieces.start(piece);
    for (const piece of PIECES) await pieces.ready(piece);
    http = new HttpClient(pieces.port(8500));
    // Longer than an event loop stands still on a busy machine.
    resolver = new Resolver({ timeout: 30_000, tries: 1 });
    resolver.setServers([`127.0.0.1:${pieces.port(8600)}`]);
  });

  afterAll(async () => {
    web.close();
    web.closeAllConnections();
    http.close();
    await pieces.dispose();
  });

  const dnsPorts = async (): Promise<number[]> =>
    (await resolver.resolveSrv('web.service.consul')).map((record) => record.port);

  it('register a service, check it, and find it by HTTP, DNS and gRPC', async () => {
    const check = { HTTP: `http://127.0.0.1:${port}/`, Interval: '1s' };
    await http.put('/v1/agent/service/register', { Name: 'web', Port: port, Check: check });
    await eventually('a healthy instance by HTTP', async () => {
      const rows = await http.json<unknown[]>('/v1/health/service/web?passing');
      return rows.length === 1;
    });
    expect(await eventually('an answer by DNS', dnsPorts)).toEqual([port]);
    const catalog = plainClient('tribune/catalog/v1/catalog.proto', 'tribune.catalog.v1.Catalog', pieces.port(8502));
    const answer = await call<{ instances: { service: { port: number }; status: string }[] }>(catalog, 'instances', {
      service: 'web',
    });
    expect(answer.instances).toMatchObject([{ status: 'passing', service: { port } }]);
    catalog.close();
  });

  it('lose nothing when dns-gateway and then catalog-api are killed while writes go on', async () => {
    const acknowledged = new Set<string>();
    let writing = true;
    const writer = (async (): Promise<void> => {
      for (let i = 0; writing; i++) {
        const answer = await http.send('PUT', `/v1/kv/during/${i}`, String(i)).catch(() => undefined);
        if (answer?.status === 200 && answer.text.trim() === 'true') acknowledged.add(`during/${i}`);
        else await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })();

    await eventually('some writes', async () => acknowledged.size > 50);
    await pieces.kill('dns-gateway');
    const beforeDnsReturned = acknowledged.size;
    pieces.start('dns-gateway');
    await pieces.ready('dns-gateway');
    expect(await eventually('DNS answers again', dnsPorts)).toEqual([port]);
    expect(acknowledged.size).toBeGreaterThan(beforeDnsReturned);

    await pieces.kill('catalog-api');
    expect(await dnsPorts()).toEqual([port]);
    const beforeHttpReturned = acknowledged.size;
    pieces.start('catalog-api');
    await pieces.ready('catalog-api');
    await eventually('writes go on', async () => acknowledged.size > beforeHttpReturned + 50);
    writing = false;
    await writer;

    const keys = new Set(await http.json<string[]>('/v1/kv/during/?keys'));
    expect([...acknowledged].filter((key) => !keys.has(key))).toEqual([]);
  });

  it('see the service fail and come back', async () => {
    await new Promise<void>((resolve) => {
      web.close(() => resolve());
      web.closeAllConnections();
    });
    await eventually(
      'no answer by DNS',
      async () => (await dnsPorts().catch((error: { code: string }) => error.code)) === 'ENOTFOUND',
    );
    await new Promise<void>((resolve) => web.listen(port, '127.0.0.1', resolve));
    await eventually('an answer again', async () => (await dnsPorts().catch(() => [])).length === 1);
  });

  it('come back with everything when all five are killed and started again', async () => {
    await http.put('/v1/kv/kept', 'yes');
    for (const piece of PIECES) await pieces.kill(piece);
    for (const piece of PIECES) pieces.start(piece);
    for (const piece of PIECES) await pieces.ready(piece);
    expect((await eventually('the value', () => http.decided('GET', '/v1/kv/kept?raw'))).text).toBe('yes');
    await eventually(
      'the registration',
      async () => (await http.json<unknown[]>('/v1/health/service/web?passing')).length === 1,
    );
  });
});
