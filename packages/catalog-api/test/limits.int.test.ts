import net from 'node:net';
import http from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { catalogApiDefaults } from '../src/index';
import { startHarness, type Harness } from './harness/agent-harness';
import { asking, textOf } from './harness/ask';

async function withHarness(
  overrides: Parameters<typeof startHarness>[0],
  run: (harness: Harness) => Promise<void>,
): Promise<void> {
  const harness = await startHarness(overrides);
  try {
    await run(harness);
  } finally {
    await harness.stop();
  }
}

/** Sends `head`, then chunks for as long as the other side takes them; gives what came back and how much went out. */
function flood(
  port: number,
  head: string,
  chunkBytes: number,
  chunks: number,
): Promise<{ answer: string; sent: number }> {
  const chunk = `${chunkBytes.toString(16)}\r\n${'x'.repeat(chunkBytes)}\r\n`;
  return new Promise((resolve) => {
    let answer = '';
    let sent = 0;
    const socket = net.connect(port, '127.0.0.1');
    const push = (): void => {
      while (sent < chunks && !socket.destroyed) {
        sent++;
        if (!socket.write(chunk)) return void socket.once('drain', push);
      }
    };
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve({ answer, sent }));
    socket.write(head);
    push();
  });
}

test('a chunked body over the limit is answered 413 while it is still coming', async () => {
  await withHarness({}, async ({ api }) => {
    const head = 'PUT /v1/kv/big HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
    const { answer, sent } = await flood(api.port, head, 60_000, 10_000);
    expect(answer).toMatch(/^HTTP\/1\.1 413 Request Entity Too Large\r\n/);
    expect(answer).toContain('too large, max size: 524288 bytes');
    // 600 MB were on their way; a few megabytes were read.
    expect(sent).toBeLessThan(1_000);
  });
});

test.each(['PUT /v1/kv/big', 'PUT /v1/session/destroy/zz'])(
  '%s: a client that writes far more than is read, and reads late, still gets its answer',
  async (line) => {
    await withHarness({}, async ({ api }) => {
      const socket = net.connect({ port: api.port, host: '127.0.0.1', allowHalfOpen: true });
      socket.on('error', () => undefined);
      socket.write(`${line} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`);
      for (let i = 0; i < 500; i++) socket.write(`ffff\r\n${'x'.repeat(0xffff)}\r\n`);
      socket.pause();
      await new Promise((resolve) => setTimeout(resolve, 200));
      let answer = '';
      socket.on('data', (data) => (answer += data.toString())).resume();
      const closed = new Promise((resolve) => socket.once('close', resolve));
      await until(() => Promise.resolve(answer !== '' || socket.closed));
      expect(answer).toMatch(/^HTTP\/1\.1 (413|500) /);
      // The server lets go by itself.
      await closed;
    });
  },
);

test('a body that nobody reads does not fill memory', async () => {
  await withHarness({}, async ({ api }) => {
    const head = 'PUT /v1/session/destroy/zz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
    const before = process.memoryUsage().external;
    const { answer, sent } = await flood(api.port, head, 60_000, 10_000);
    expect(answer).toMatch(/^HTTP\/1\.1 500 /);
    expect(sent).toBeLessThan(1_000);
    expect(process.memoryUsage().external - before).toBeLessThan(64 * 1_048_576);
  });
});

test('an announced body over the limit is answered without waiting for it', async () => {
  await withHarness({}, async ({ api }) => {
    const head = 'PUT /v1/kv/big HTTP/1.1\r\nHost: x\r\nContent-Length: 400000000\r\nExpect: 100-continue\r\n\r\n';
    const { answer } = await flood(api.port, head, 1, 0);
    expect(answer).toMatch(/^HTTP\/1\.1 413 Request Entity Too Large\r\n/);
    expect(answer).toContain('Request body(400000000 bytes) too large');
  });
});

test('a transaction value over the limit is refused by its own size', async () => {
  const limits = { ...catalogApiDefaults.limits, kvMaxValueSize: 100, txnMaxReqLen: 10_000 };
  await withHarness({ limits }, async (harness) => {
    const value = Buffer.alloc(101).toString('base64');
    const answer = await asking(harness)('PUT /v1/txn', [{ KV: { Verb: 'set', Key: 'k', Value: value } }]);
    expect([answer.status, textOf(answer)]).toEqual([413, 'Value for key "k" is too large (101 > 100 bytes)']);
  });
});

test('connections above the cap of a client get 429, and room is made when others close', async () => {
  const limits = { ...catalogApiDefaults.limits, httpMaxConnsPerClient: 3 };
  await withHarness({ limits }, async (harness) => {
    const { port } = harness.api;
    const open = await Promise.all(Array.from({ length: 3 }, () => connected(port)));
    const refused = await new Promise<string>((resolve) => {
      let text = '';
      const socket = net.connect(port, '127.0.0.1');
      socket.on('data', (data) => (text += data.toString()));
      socket.on('close', () => resolve(text));
    });
    expect(refused).toMatch(/^HTTP\/1\.1 429 /);
    expect(await harness.metrics.expose()).toContain('tribune_catalog_api_connections_refused_total 1\n');
    await Promise.all(open.map((socket) => new Promise((resolve) => socket.once('close', resolve).destroy())));
    await until(async () => (await asking(harness)('GET /v1/status/leader').catch(() => undefined))?.status === 200);
  });
});

const connected = (port: number): Promise<net.Socket> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(socket));
  });

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}

test('blocking queries above the bound get 429 with Retry-After', async () => {
  const limits = { ...catalogApiDefaults.limits, blockingQueriesMax: 2 };
  await withHarness({ limits }, async (harness) => {
    const ask = asking(harness);
    await ask('PUT /v1/kv/a', 'x');
    const index = (await ask('GET /v1/kv/a')).headers['x-consul-index'];
    const parked = [1, 2].map(() => ask(`GET /v1/kv/a?index=${index}&wait=30s`));
    await until(async () => (await harness.metrics.expose()).includes('tribune_catalog_api_blocking_queries 2'));
    const third = await ask(`GET /v1/kv/a?index=${index}&wait=30s`);
    expect([third.status, third.headers['retry-after']]).toEqual([429, '1']);
    await ask('PUT /v1/kv/a', 'y');
    await Promise.all(parked);
  });
});

test('a client that leaves frees its place', async () => {
  await withHarness({}, async (harness) => {
    const ask = asking(harness);
    await ask('PUT /v1/kv/a', 'x');
    const index = (await ask('GET /v1/kv/a')).headers['x-consul-index'];
    const request = http.get({ port: harness.api.port, path: `/v1/kv/a?index=${index}&wait=5m`, agent: false });
    request.on('error', () => undefined);
    await until(async () => (await harness.metrics.expose()).includes('tribune_catalog_api_blocking_queries 1'));
    request.destroy();
    await until(async () => (await harness.metrics.expose()).includes('tribune_catalog_api_blocking_queries 0'));
  });
});

test('a slow sender holds nobody up', async () => {
  await withHarness({}, async (harness) => {
    const socket = await connected(harness.api.port);
    socket.write('PUT /v1/kv/slow HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab');
    for (let i = 0; i < 20; i++) expect((await asking(harness)('GET /v1/status/leader')).status).toBe(200);
    const answered = new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
    socket.write('cde');
    expect(await answered).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
    expect(textOf(await asking(harness)('GET /v1/kv/slow?raw'))).toBe('abcde');
  });
});

test('a client that does not read its answer is cut off and holds nobody up', async () => {
  const limits = { ...catalogApiDefaults.limits, stalledReaderMs: 200 };
  await withHarness({ limits }, async (harness) => {
    const ask = asking(harness);
    for (let i = 0; i < 40; i++) await ask(`PUT /v1/kv/large/${i}`, Buffer.alloc(500_000, 97));
    const socket = await connected(harness.api.port);
    socket.pause();
    socket.write('GET /v1/kv/large/?recurse HTTP/1.1\r\nHost: x\r\n\r\n');
    const cutOff = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    expect((await ask('GET /v1/status/leader')).status).toBe(200);
    // The end of the connection is only seen by a client that reads.
    await until(async () => (await harness.metrics.expose()).includes('route="/v1/kv/",method="GET",status="200"} 1'));
    await until(async () => (await harness.metrics.expose()).includes('tribune_catalog_api_connections 0'));
    let taken = 0;
    socket.on('data', (data) => (taken += data.length));
    socket.resume();
    await cutOff;
    expect(taken).toBeLessThan(20_000_000);
  });
});

test('a client that stops in the middle of its body leaves nothing behind', async () => {
  await withHarness({}, async (harness) => {
    const socket = await connected(harness.api.port);
    socket.write('PUT /v1/kv/half HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab');
    await new Promise((resolve) => socket.once('close', resolve).destroy());
    expect((await asking(harness)('GET /v1/kv/half')).status).toBe(404);
  });
});

test('the API is served on a Unix socket too', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'catalog-api-'));
  const socketPath = path.join(folder, 'http.sock');
  try {
    await withHarness({ http: [{ path: socketPath }] }, async () => {
      const status = await new Promise((resolve) =>
        http.get({ socketPath, path: '/v1/status/leader' }, (response) => resolve(response.statusCode)),
      );
      expect(status).toBe(200);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('blocked endpoints answer 403, configured headers are on every answer', async () => {
  await withHarness(
    { blockEndpoints: ['/v1/kv'], responseHeaders: { 'Access-Control-Allow-Origin': '*' } },
    async (harness) => {
      const blocked = await asking(harness)('GET /v1/kv/a');
      expect([blocked.status, textOf(blocked), blocked.headers['access-control-allow-origin']]).toEqual([
        403,
        'Endpoint is blocked by agent configuration',
        '*',
      ]);
    },
  );
});

test('an idle connection stays for as long as the client wants it', async () => {
  await withHarness({}, async ({ api }) => {
    const agent = new http.Agent({ keepAlive: true });
    const response = await new Promise<http.IncomingMessage>((resolve, reject) =>
      http.get({ port: api.port, path: '/v1/status/leader', agent }, resolve).on('error', reject),
    );
    response.resume();
    // Node announces after how long it would close.
    expect(response.headers).toMatchObject({ connection: 'keep-alive' });
    expect(response.headers['keep-alive']).toBeUndefined();
    agent.destroy();
  });
});
