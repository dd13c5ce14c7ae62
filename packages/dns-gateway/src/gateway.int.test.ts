import { encode } from 'dns-packet';
import { GrpcServer, catalogService, connectCatalog, type CatalogApi } from '@tribune/protocol';
import { Metrics, silentLogger, systemClock, systemRandom, type LogFields, type Logger } from '@tribune/platform';
import { createDnsGateway } from './gateway';
import { dnsBoundsDefaults, dnsGatewayDefaults, dnsSettingsDefaults } from './options';
import { OptionsInvalid } from './options-validation';
import {
  ask,
  exchange,
  MemoryCatalog,
  nodeRegistration,
  registration,
  startGateway,
  type Reply,
  type TestGateway,
} from './testing';

const WEB = { name: 'web.service.consul', type: 'A' };

/** Asks until the answer is as wanted: what was registered travels by a stream of its own. */
async function eventually(port: number, asked: typeof WEB, wanted: (reply: Reply) => boolean): Promise<Reply> {
  for (;;) {
    const reply = await ask(port, asked);
    if (wanted(reply)) return reply;
  }
}

describe('the gateway', () => {
  let test: TestGateway;
  afterEach(() => test.stop());

  it('answers over UDP and TCP on one port, and is ready once the catalog has been read', async () => {
    const catalog = new MemoryCatalog();
    await catalog.register(registration('web'));
    test = await startGateway({}, catalog);
    for (const tcp of [false, true]) {
      const reply = await ask(test.gateway.port, { ...WEB, tcp });
      expect(reply).toMatchObject({ rcode: 'NOERROR', aa: true, answer: ['web.service.consul. 0 A 10.0.0.1'] });
    }
    expect(test.gateway.readiness()).toEqual({ ready: true });
  });

  it('follows a service from its first use, once, and shows every change', async () => {
    test = await startGateway();
    await test.catalog.register(registration('web', { node: 'n1', nodeAddress: '10.0.0.1' }));
    await eventually(test.gateway.port, WEB, ({ rcode }) => rcode === 'NOERROR');
    await test.catalog.register(registration('web', { node: 'n2', nodeAddress: '10.0.0.2' }));
    await eventually(test.gateway.port, WEB, ({ answer }) => answer.length === 2);
    await test.catalog.register(registration('web', { node: 'n1', nodeAddress: '10.0.0.1', checks: ['critical'] }));
    await eventually(test.gateway.port, WEB, ({ answer }) => answer.join() === 'web.service.consul. 0 A 10.0.0.2');
    await test.catalog.register(nodeRegistration('n2', '10.0.0.22'));
    await eventually(test.gateway.port, WEB, ({ answer }) => answer.join() === 'web.service.consul. 0 A 10.0.0.22');
    await test.catalog.deregister({ node: 'n2' });
    await eventually(test.gateway.port, WEB, ({ rcode }) => rcode === 'NXDOMAIN');
    expect(test.catalog.opened.filter((name) => name === 'service/web')).toHaveLength(1);
  });

  it('asks nothing of the catalog for names that do not exist', async () => {
    test = await startGateway();
    for (const name of ['a.service.consul', 'b.node.consul', 'c.d.service.consul']) {
      expect((await ask(test.gateway.port, { name, type: 'A' })).rcode).toBe('NXDOMAIN');
    }
    expect(test.catalog.opened.sort()).toEqual(['nodes', 'services']);
  });

  it('goes on answering while the catalog is away, and catches up when it is back', async () => {
    test = await startGateway();
    await test.catalog.register(registration('web'));
    await test.catalog.register(registration('api', { node: 'n3', nodeAddress: '10.0.0.3' }));
    await eventually(test.gateway.port, WEB, ({ rcode }) => rcode === 'NOERROR');
    test.catalog.cut();
    expect((await ask(test.gateway.port, WEB)).answer).toHaveLength(1);
    expect((await ask(test.gateway.port, { name: 'n3.node.consul', type: 'A' })).answer).toHaveLength(1);
    // Known by name, but never asked for before: nothing can be said.
    expect((await ask(test.gateway.port, { name: 'api.service.consul', type: 'A' })).rcode).toBe('SERVFAIL');
    await test.catalog.register(registration('web', { node: 'n2', nodeAddress: '10.0.0.2' }));
    test.catalog.restore();
    await eventually(test.gateway.port, WEB, ({ answer }) => answer.length === 2);
    await eventually(test.gateway.port, { name: 'api.service.consul', type: 'A' }, ({ rcode }) => rcode === 'NOERROR');
  });

  it('without any catalog says SERVFAIL, and is not ready', async () => {
    const catalog = new MemoryCatalog();
    catalog.cut();
    test = await startGateway({ bounds: { snapshotWaitMs: 100 } }, catalog);
    expect((await ask(test.gateway.port, WEB)).rcode).toBe('SERVFAIL');
    expect(test.gateway.readiness()).toMatchObject({ ready: false });
    // Names of no domain of ours need no catalog.
    expect((await ask(test.gateway.port, { name: 'example.com', type: 'A' })).rcode).toBe('REFUSED');
  });

  it('lets go of the service that was used first when there are too many, and follows it again', async () => {
    test = await startGateway({ bounds: { followedServicesMax: 2 } });
    for (const service of ['a', 'b', 'c']) await test.catalog.register(registration(service));
    for (const service of ['a', 'b', 'c', 'a']) {
      await eventually(
        test.gateway.port,
        { name: `${service}.service.consul`, type: 'A' },
        ({ rcode }) => rcode === 'NOERROR',
      );
    }
    expect(test.catalog.opened.filter((name) => name.startsWith('service/'))).toEqual([
      'service/a',
      'service/b',
      'service/c',
      'service/a',
    ]);
    expect(await test.metrics.expose()).toContain('tribune_dns_gateway_followed_services 2');
  });

  it('takes new settings without a restart', async () => {
    test = await startGateway();
    await test.catalog.register(registration('web', { checks: ['warning'] }));
    await eventually(test.gateway.port, WEB, ({ rcode }) => rcode === 'NOERROR');
    test.gateway.reload({ ...dnsSettingsDefaults, onlyPassing: true });
    expect((await ask(test.gateway.port, WEB)).rcode).toBe('NXDOMAIN');
    const wrong = { ...dnsSettingsDefaults, nodeTtl: -1, recursors: ['nowhere'] };
    expect(() => test.gateway.reload(wrong)).toThrow(OptionsInvalid);
  });

  it('writes names in full and in the case asked when compression is off', async () => {
    test = await startGateway({ settings: { disableCompression: true } });
    await test.catalog.register(registration('web'));
    await eventually(test.gateway.port, WEB, ({ rcode }) => rcode === 'NOERROR');
    for (const name of ['WEB.service.consul', 'web.SERVICE.consul']) {
      const reply = await ask(test.gateway.port, { name, type: 'A' });
      expect(reply.answer).toEqual([`${name}. 0 A 10.0.0.1`]);
      expect(reply.bytes.includes(0xc0)).toBe(false);
    }
  });

  it('repeats the case of the question from one kept answer', async () => {
    test = await startGateway();
    await test.catalog.register(registration('web'));
    await eventually(test.gateway.port, WEB, ({ rcode }) => rcode === 'NOERROR');
    for (const name of ['WEB.service.consul', 'wEb.sErViCe.CoNsUl']) {
      expect((await ask(test.gateway.port, { name, type: 'A' })).answer).toEqual([`${name}. 0 A 10.0.0.1`]);
    }
    expect(await test.metrics.expose()).toContain('tribune_dns_gateway_cached_answers 1');
  });

  it('counts answers by code and type, and logs why one is empty', async () => {
    const lines: LogFields[] = [];
    const logger: Logger = {
      ...silentLogger,
      reaches: () => true,
      debug: (message, fields = {}) => void (message === 'query' && lines.push(fields)),
      child: () => logger,
    };
    test = await startGateway({ logger });
    await ask(test.gateway.port, { name: 'none.service.consul', type: 'SRV' });
    expect(lines).toEqual([
      {
        name: 'none.service.consul.',
        type: 'SRV',
        transport: 'udp',
        rcode: 'NXDOMAIN',
        answers: 0,
        reason: 'no such service',
      },
    ]);
    expect(await test.metrics.expose()).toContain('tribune_dns_gateway_queries_total{rcode="NXDOMAIN",qtype="SRV"} 1');
  });

  it('keeps the manners of RFC 8906', async () => {
    test = await startGateway();
    await test.catalog.register(registration('web'));
    await eventually(test.gateway.port, WEB, ({ rcode }) => rcode === 'NOERROR');
    const plain = encode({ type: 'query', id: 1, flags: 256, questions: [{ name: WEB.name, type: 'A' }] });
    const changed = async (change: (packet: Buffer) => void, tail: Buffer = Buffer.alloc(0)): Promise<Buffer> => {
      const packet = Buffer.concat([plain, tail]);
      change(packet);
      return exchange(test.gateway.port, packet);
    };
    const unknownType = await changed((packet) => packet.writeUInt16BE(1000, packet.length - 4));
    expect([unknownType[3]! & 15, unknownType.readUInt16BE(6), unknownType.readUInt16BE(8)]).toEqual([0, 0, 1]);
    const unknownOpcode = await changed((packet) => (packet[2] = 0x38));
    expect([unknownOpcode[3]! & 15, unknownOpcode[2]! & 0x78]).toEqual([4, 0x38]);
    const opt = (version: number, flags: number): Buffer =>
      Buffer.from([0, 0, 41, 4, 208, 0, version, flags >> 8, flags & 255, 0, 0]);
    const badVersion = await changed((packet) => (packet[11] = 1), opt(1, 0));
    // Extended code 16: one in the OPT record, zero in the header.
    expect([badVersion[3]! & 15, badVersion[12 + 5], badVersion[12 + 6]]).toEqual([0, 1, 0]);
    const unknownFlags = await changed((packet) => (packet[11] = 1), opt(0, 0xffff));
    expect(unknownFlags.subarray(-4).readUInt16BE(0)).toBe(0x8000);
  });
});

describe('the gateway behind gRPC', () => {
  it('resumes where it was when the catalog service comes back', async () => {
    const backend = new MemoryCatalog();
    await backend.register(registration('web'));
    const serve = async (port: number, api: CatalogApi): Promise<GrpcServer> => {
      const server = new GrpcServer({ address: `127.0.0.1:${port}` }, silentLogger);
      server.add('tribune.catalog.v1.Catalog', catalogService(api));
      await server.start();
      return server;
    };
    const first = await serve(0, backend);
    const { port } = first;
    const catalog = connectCatalog({ address: `127.0.0.1:${port}` });
    const gateway = createDnsGateway(
      { ...dnsGatewayDefaults, port: 0, bounds: dnsBoundsDefaults },
      { catalog, clock: systemClock, random: systemRandom, logger: silentLogger, metrics: new Metrics() },
    );
    await gateway.start();
    expect((await ask(gateway.port, WEB)).answer).toEqual(['web.service.consul. 0 A 10.0.0.1']);

    await first.stop();
    expect((await ask(gateway.port, WEB)).answer).toHaveLength(1);
    await backend.register(registration('web', { node: 'n2', nodeAddress: '10.0.0.2' }));
    const second = await serve(port, backend);
    await eventually(gateway.port, WEB, ({ answer }) => answer.length === 2);
    await backend.register(registration('web', { node: 'n3', nodeAddress: '10.0.0.3' }));
    await eventually(gateway.port, WEB, ({ answer }) => answer.length === 3);

    await gateway.stop();
    catalog.close();
    await second.stop();
  });
});
