import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { decode, encode, type Answer } from 'dns-packet';
import { freePort } from '@tribune/testkit';
import { dnsSettingsDefaults } from '../../options';
import { ask, framed, registration, startGateway, type TestGateway } from '../../testing';

/** A resolver of the outside world that knows one name. */
class FakeRecursor {
  private readonly udp: Socket = createSocket('udp4');
  private readonly tcp: Server;
  readonly asked: string[] = [];

  constructor(private readonly answers: (name: string, type: string) => Answer[]) {
    this.udp.on('message', (packet, { port, address }) => this.udp.send(this.respond(packet), port, address));
    this.tcp = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (data: Buffer) => socket.end(framed(this.respond(data.subarray(2)))));
    });
  }

  async start(): Promise<number> {
    const port = await freePort();
    this.tcp.listen(port, '127.0.0.1');
    this.udp.bind(port, '127.0.0.1');
    await Promise.all([once(this.tcp, 'listening'), once(this.udp, 'listening')]);
    return port;
  }

  stop(): void {
    this.udp.close();
    this.tcp.close();
  }

  private respond(packet: Buffer): Buffer {
    const { id, questions } = decode(packet);
    const { name, type } = questions![0]!;
    this.asked.push(`${name} ${type}`);
    // Flags: recursion desired and available.
    return encode({
      type: 'response',
      id: id!,
      flags: 0x0180,
      questions: questions!,
      answers: this.answers(name, type),
    });
  }
}

describe('names that are not ours', () => {
  let recursor: FakeRecursor;
  let test: TestGateway;
  let port: number;

  beforeAll(async () => {
    recursor = new FakeRecursor((name, type) =>
      type === 'A' ? [{ name, type: 'A', ttl: 77, data: '192.0.2.7' }] : [],
    );
    port = await recursor.start();
  });
  beforeEach(() => recursor.asked.splice(0));
  afterEach(() => test.stop());
  afterAll(() => recursor.stop());

  it.each([false, true])('go to the recursor, whose answer comes back as it is (tcp: %s)', async (tcp) => {
    test = await startGateway({ settings: { recursors: [`127.0.0.1:${port}`] } });
    const reply = await ask(test.gateway.port, { name: 'example.com', type: 'A', tcp });
    expect(reply).toMatchObject({ rcode: 'NOERROR', ra: true, aa: false, answer: ['example.com. 77 A 192.0.2.7'] });
  });

  it('are asked of the next recursor when one does not answer', async () => {
    const silent = createSocket('udp4');
    silent.bind(0, '127.0.0.1');
    await once(silent, 'listening');
    const recursors = [`127.0.0.1:${silent.address().port}`, `127.0.0.1:${port}`];
    // Long enough for the one that does answer, also when all stands still for a moment.
    test = await startGateway({ settings: { recursors, recursorTimeoutMs: 1_000 } });
    expect((await ask(test.gateway.port, { name: 'example.com', type: 'A' })).answer).toHaveLength(1);
    expect(await test.metrics.expose()).toContain(`recursor_failures_total{recursor="${recursors[0]}"} 1`);
    silent.close();
  });

  it('are SERVFAIL when no recursor answers, REFUSED when there is none', async () => {
    const recursors = [`127.0.0.1:${await freePort()}`];
    test = await startGateway({ settings: { recursors, recursorTimeoutMs: 30 } });
    expect(await ask(test.gateway.port, { name: 'example.com', type: 'A' })).toMatchObject({
      rcode: 'SERVFAIL',
      ra: true,
    });
    test.gateway.reload(dnsSettingsDefaults);
    expect(await ask(test.gateway.port, { name: 'example.com', type: 'A' })).toMatchObject({
      rcode: 'REFUSED',
      ra: false,
      aa: false,
    });
  });

  it('that stand for a service are resolved behind its alias, with their own TTL', async () => {
    test = await startGateway({ settings: { recursors: [`127.0.0.1:${port}`], serviceTtl: { '*': 5 } } });
    await test.catalog.register(registration('db', { address: 'db.example.com' }));
    expect((await ask(test.gateway.port, { name: 'db.service.consul', type: 'A' })).answer).toEqual([
      'db.example.com. 77 A 192.0.2.7',
      'db.service.consul. 5 CNAME db.example.com.',
    ]);
    expect((await ask(test.gateway.port, { name: 'db.service.consul', type: 'SRV' })).additional).toEqual([
      'db.example.com. 77 A 192.0.2.7',
    ]);
    expect(recursor.asked).toEqual(['db.example.com A']);
  });

  it('include addresses that we know nothing of', async () => {
    test = await startGateway({ settings: { recursors: [`127.0.0.1:${port}`] } });
    await ask(test.gateway.port, { name: '9.9.0.10.in-addr.arpa', type: 'PTR' });
    expect(recursor.asked).toEqual(['9.9.0.10.in-addr.arpa PTR']);
  });
});
