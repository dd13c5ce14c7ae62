import { connect } from 'node:net';
import { seededRandom } from '@tribune/platform';
import { PATIENCE_MS } from '@tribune/testkit';
import { AgentProcess } from '../src/agent-process';
import { exchangeBytes, inParallel, sendDatagrams } from '../src/wire';
import { residentMiB } from '../src/memory';

const random = seededRandom(20);
const noise = (max: number): Uint8Array => random.bytes(1 + random.integer(max));

const BODIES = [
  '{',
  '[]',
  'null',
  '5',
  '"x"',
  '{"Name":5}',
  '{"Name":"x","Port":"y"}',
  '{"Node":{}}',
  `${'['.repeat(5000)}`,
  '{"__proto__":{"a":1}}',
  '\u0000\u0001',
];
const PATHS = [
  'PUT /v1/agent/service/register',
  'PUT /v1/agent/check/register',
  'PUT /v1/agent/check/update/none',
  'PUT /v1/catalog/register',
  'PUT /v1/catalog/deregister',
  'PUT /v1/session/create',
  'PUT /v1/txn',
  'PUT /v1/coordinate/update',
  'PUT /v1/kv/',
  'PUT /v1/kv/x?cas=zz',
  'PUT /v1/kv/x?flags=-1',
  'GET /v1/kv/x?index=nope',
  'GET /v1/health/service/x?filter=%28%28%28',
  'GET /v1/catalog/services?wait=later&index=1',
  'GET /v1/%c0%af',
  'DELETE /v1/kv/x?cas=1&recurse',
  'FROB /v1/kv/x',
];

/** A valid `web.service.consul A` query, to be cut and bent. */
const DNS_QUERY = Buffer.from('abcd0100000100000000000003776562077365727669636506636f6e73756c0000010001', 'hex');

function bent(packet: Buffer): Uint8Array {
  const copy = Buffer.from(packet.subarray(0, 1 + random.integer(packet.length)));
  for (let i = 0; i < 3; i++) copy[random.integer(copy.length)] = random.integer(256);
  return copy;
}

/** Sends a body of `megabytes` in chunks without a length; gives how many bytes went out and the status line. */
function pourChunked(port: number, megabytes: number): Promise<{ sent: number; answer: string }> {
  return new Promise((resolve) => {
    const piece = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, 97), Buffer.from('\r\n')]);
    let sent = 0;
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('PUT /v1/kv/poured HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
      pour();
    });
    const pour = (): void => {
      while (sent < megabytes << 20 && !answer && !socket.destroyed) {
        sent += 65_536;
        if (!socket.write(piece)) return void socket.once('drain', pour);
      }
    };
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve({ sent, answer: answer.split('\r\n')[0]! }));
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  });
}

describe('ten thousand malformed requests', () => {
  let agent: AgentProcess;
  beforeAll(async () => {
    agent = await (await AgentProcess.create('sturdy', {})).start('-dev').ready();
  });
  afterAll(() => agent.dispose());

  it('are answered with an error or dropped, and the process lives on with the memory it had', async () => {
    // The first thousand warm the process up: compiled code and buffers stay, and are no leak.
    await flood(0.1);
    const before = residentMiB(agent.process.pid);
    await flood(1);
    expect((await agent.http.send('GET', '/v1/status/leader')).status).toBe(200);
    expect(agent.process.running).toBe(true);
    const grown = residentMiB(agent.process.pid) - before;
    expect(grown).toBeLessThan(60);
  });

  async function flood(share: number): Promise<void> {
    const { http, grpc, dns, serf_lan, serf_wan, server } = agent.ports;
    await inParallel(4000 * share, 16, async (i) => {
      const [method, path] = PATHS[i % PATHS.length]!.split(' ') as [string, string];
      const answer = await agent.http.send(method, path, BODIES[random.integer(BODIES.length)]).catch(() => undefined);
      if (answer) expect(answer.status).toBeGreaterThanOrEqual(200);
    });
    await inParallel(1000 * share, 16, async () => void (await exchangeBytes(http, noise(400), 30)));
    for (const port of [grpc, server, serf_lan, serf_wan, dns]) {
      await inParallel(300 * share, 16, async () => void (await exchangeBytes(port, noise(400), 30)));
    }
    const packets = Array.from({ length: 1500 * share }, () => bent(DNS_QUERY));
    await sendDatagrams(dns, packets);
    for (const port of [serf_lan, serf_wan])
      await sendDatagrams(
        port,
        Array.from({ length: 1000 * share }, () => noise(1400)),
      );
  }

  it('cannot make it keep a body larger than the limit: what counts is the bytes that arrive', async () => {
    const before = residentMiB(agent.process.pid);
    const { sent, answer } = await pourChunked(agent.ports.http, 400);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(sent).toBeLessThan(64 << 20);
    expect(residentMiB(agent.process.pid) - before).toBeLessThan(30);
    expect((await agent.http.send('GET', '/v1/kv/poured')).status).toBe(404);
  });
});
