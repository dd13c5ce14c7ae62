import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { httpProbe, type HttpProbeOptions } from './http-probe';

let server: Server;
let base: string;
let seen: IncomingMessage[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  seen = [];
  answer = (_request, response) => response.end('fine\n');
  server = createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  if (server.listening) await new Promise((resolve) => server.close(resolve));
});

const DEFAULTS: Omit<HttpProbeOptions, 'url'> = {
  method: '',
  header: {},
  body: '',
  disableRedirects: false,
  tlsServerName: '',
  tlsSkipVerify: false,
  timeoutMs: 10_000,
  outputBytesMax: 4096,
};
const run = (options: Partial<HttpProbeOptions> = {}): Promise<{ status: string; output: string }> =>
  httpProbe({ ...DEFAULTS, url: `${base}/`, ...options }).run(new AbortController().signal);

test.each([
  [200, 'passing'],
  [204, 'passing'],
  [299, 'passing'],
  [304, 'critical'],
  [404, 'critical'],
  [429, 'warning'],
  [503, 'critical'],
])('status %d is %s', async (status, expected) => {
  answer = (_request, response) => response.writeHead(status).end();
  expect((await run()).status).toBe(expected);
});

test('the output is that of Consul', async () => {
  expect(await run()).toEqual({ status: 'passing', output: `HTTP GET ${base}/: 200 OK Output: fine\n` });
});

test('the request introduces itself as a health check and asks for text', async () => {
  await run();
  expect(seen[0]!.headers).toMatchObject({
    'user-agent': 'Consul Health Check',
    accept: 'text/plain, text/*, */*',
    connection: 'close',
  });
});

test('method, headers, host and body are those of the check', async () => {
  let body = '';
  answer = (request, response) => request.on('data', (chunk) => (body += chunk)).on('end', () => response.end());
  await run({ method: 'POST', header: { Host: ['web.local'], 'X-A': ['1', '2'], 'User-Agent': ['me'] }, body: '{}' });
  expect([seen[0]!.method, body]).toEqual(['POST', '{}']);
  expect(seen[0]!.headers).toMatchObject({ host: 'web.local', 'x-a': '1, 2', 'user-agent': 'me' });
});

test('a body without end is cut at the limit and the connection dropped', async () => {
  const dropped = new Promise<void>((resolve) => {
    answer = (_request, response) => {
      const more = (): void => {
        while (response.write(Buffer.alloc(64 << 10, 'x')));
      };
      response.on('drain', more).on('close', resolve);
      more();
    };
  });
  const { status, output } = await run({ outputBytesMax: 100 });
  await dropped;
  expect([status, output]).toEqual(['passing', `HTTP GET ${base}/: 200 OK Output: ${'x'.repeat(100)}`]);
});

test('redirects are followed up to ten, and then no further', async () => {
  answer = ({ url }, response) => {
    const left = Number(url!.slice(1));
    if (left > 0) response.writeHead(302, { location: `/${left - 1}` });
    response.end('end');
  };
  expect((await run({ url: `${base}/10` })).output).toBe(`HTTP GET ${base}/10: 200 OK Output: end`);
  expect(await run({ url: `${base}/11` })).toEqual({
    status: 'critical',
    output: `Get "${base}/11": stopped after 10 redirects`,
  });
});

test('disabled redirects are answers', async () => {
  answer = (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end();
  expect((await run({ disableRedirects: true })).status).toBe('critical');
  expect(seen.length).toBe(1);
});

test('a redirect to another scheme is refused', async () => {
  answer = (_request, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end();
  expect((await run()).output).toBe(`Get "${base}/": unsupported protocol scheme "file"`);
});

test('credentials do not follow a redirect to another host', async () => {
  answer = ({ headers, url }, response) => {
    if (url === '/') response.writeHead(302, { location: `${base.replace('127.0.0.1', 'localhost')}/next` }).end();
    else response.end(String(headers.authorization));
  };
  const { output } = await run({ header: { Authorization: ['Bearer secret'] } });
  expect(output).toMatch(/Output: undefined$|connection refused$/);
});

test('a server that does not answer in time is critical', async () => {
  answer = () => undefined;
  expect(await run({ timeoutMs: 50 })).toEqual({
    status: 'critical',
    output: `Get "${base}/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
  });
});

test('nobody who listens is critical, in the words of Consul', async () => {
  await new Promise((resolve) => server.close(resolve));
  const port = base.split(':')[2];
  expect(await run()).toEqual({
    status: 'critical',
    output: `Get "${base}/": dial tcp 127.0.0.1:${port}: connect: connection refused`,
  });
});

test('a server that does not speak TLS is critical, in a text that stays the same', async () => {
  const secure = base.replace('http:', 'https:');
  expect((await run({ url: `${secure}/` })).output).toBe(
    `Get "${secure}/": http: server gave HTTP response to HTTPS client`,
  );
});

test('a URL that is none is critical', async () => {
  expect((await run({ url: 'not a url' })).status).toBe('critical');
});

test('a stopped check lets go of its connection', async () => {
  const stop = new AbortController();
  const gone = new Promise<void>((resolve) => {
    answer = (request) => {
      request.socket.once('close', () => resolve());
      stop.abort();
    };
  });
  await httpProbe({ ...DEFAULTS, url: `${base}/` }).run(stop.signal);
  await gone;
});
