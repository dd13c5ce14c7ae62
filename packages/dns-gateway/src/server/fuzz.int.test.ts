import { encode } from 'dns-packet';
import { seededRandom } from '@tribune/platform';
import { exchange, registration, startGateway, type TestGateway } from '../testing';

const PACKETS = 20_000;
const AT_ONCE = 100;

/** Real queries to start from: each type, EDNS with options, names of every kind. */
const SEEDS = [
  'web.service.consul',
  'n1.node.consul',
  '1.0.0.10.in-addr.arpa',
  '0a000001.addr.consul',
  '_web._tcp.service.consul',
  'x',
].flatMap((name) =>
  (['A', 'SRV', 'ANY', 'SOA'] as const).map((type) =>
    encode({
      type: 'query',
      id: 7,
      flags: 256,
      questions: [{ name, type: type as 'A' }],
      additionals: [
        {
          type: 'OPT',
          name: '.',
          udpPayloadSize: 1232,
          extendedRcode: 0,
          ednsVersion: 0,
          flags: 0,
          flag_do: false,
          options: [{ code: 8, ip: '10.0.0.0', sourcePrefixLength: 8 }],
        },
      ],
    }),
  ),
);

describe('the handler under malformed packets', () => {
  let test: TestGateway;
  beforeAll(async () => {
    test = await startGateway();
    await test.catalog.register(registration('web'));
  });
  afterAll(() => test.stop());

  it('answers or drops each of them over UDP, and goes on answering', async () => {
    const random = seededRandom(38);
    const { createSocket } = await import('node:dgram');
    const socket = createSocket('udp4');
    let answered = 0;
    socket.on('message', () => answered++);
    for (let sent = 0; sent < PACKETS; sent += AT_ONCE) {
      for (let i = 0; i < AT_ONCE; i++)
        socket.send(mutate(SEEDS[random.integer(SEEDS.length)]!, random), test.gateway.port, '127.0.0.1');
      // A good query behind each batch: all before it have been read by then.
      const reply = await exchange(test.gateway.port, SEEDS[0]!);
      expect(reply[3]! & 0xf).toBe(0);
    }
    socket.close();
    expect(answered).toBeGreaterThan(0);
    const failures = /handler_failures_total (\d+)/.exec(await test.metrics.expose());
    expect(failures?.[1] ?? '0').toBe('0');
  });
});

function mutate(seed: Buffer, random: ReturnType<typeof seededRandom>): Buffer {
  const packet = Buffer.from(seed);
  for (let i = random.integer(6); i >= 0; i--) packet[random.integer(packet.length)] = random.integer(256);
  switch (random.integer(4)) {
    case 0:
      return packet.subarray(0, random.integer(packet.length) + 1);
    case 1:
      return Buffer.concat([packet, random.bytes(random.integer(40))]);
    default:
      return packet;
  }
}
