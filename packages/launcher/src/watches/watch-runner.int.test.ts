import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@tribune/platform';
import { RecordingLogger } from '@tribune/testkit';
import type { PlainObject } from '../config/hcl/plain-tree';
import { readWatchPlan, type WatchPlan } from './watch-plan';
import { WatchRunner } from './watch-runner';

const plan = (entry: PlainObject): WatchPlan =>
  readWatchPlan(entry, (key, message) => {
    throw new Error(`${key}: ${message}`);
  })!;

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** An HTTP API that gives these answers to questions with these indexes, and lets all others wait. */
async function api(
  answers: Record<string, { index: string; body: string }>,
): Promise<{ server: Server; asked: string[] }> {
  const asked: string[] = [];
  const server = await listen((request, response) => {
    const url = new URL(request.url!, 'http://x');
    asked.push(request.url!);
    const answer = answers[url.searchParams.get('index') ?? ''];
    if (answer) response.writeHead(200, { 'X-Consul-Index': answer.index }).end(answer.body);
  });
  return { server, asked };
}

async function watching(
  entry: PlainObject,
  answers: Parameters<typeof api>[0],
  use: (asked: string[]) => Promise<void>,
): Promise<void> {
  const { server, asked } = await api(answers);
  const runner = new WatchRunner([plan(entry)], {
    api: () => ({ host: '127.0.0.1', port: portOf(server) }),
    clock: systemClock,
    logger: new RecordingLogger(),
  });
  await runner.start();
  try {
    await use(asked);
  } finally {
    await runner.stop();
    server.closeAllConnections();
    server.close();
  }
}

test('an HTTP handler is told each change once, with its index', async () => {
  const told: [string, string][] = [];
  let twice: () => void;
  const done = new Promise<void>((resolve) => (twice = resolve));
  const handler = await listen((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      told.push([String(request.headers['x-consul-index']), body]);
      response.end();
      if (told.length === 2) twice();
    });
  });
  const answers = {
    '': { index: '5', body: '{"a":[]}' },
    '5': { index: '6', body: '{"a":[]}' },
    '6': { index: '7', body: '{"b":[]}' },
  };
  const entry = {
    type: 'services',
    datacenter: 'dc1',
    http_handler_config: { path: `http://127.0.0.1:${portOf(handler)}/` },
  };
  await watching(entry, answers, async (asked) => {
    await done;
    expect(told).toEqual([
      ['5', '{"a":[]}'],
      ['7', '{"b":[]}'],
    ]);
    expect(asked.slice(0, 2)).toEqual(['/v1/catalog/services?dc=dc1', '/v1/catalog/services?dc=dc1&index=5']);
  });
  handler.close();
});

test('a script gets the value on standard input, numbers as they were, and the index in its environment', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'watch-'));
  const file = join(folder, 'out');
  const answers = { '': { index: '9', body: '[{"Key":"a/b","Flags":18446744073709551615}]' } };
  const entry = {
    type: 'key',
    key: 'a/b',
    handler: `cat > ${file}.part; echo $CONSUL_INDEX >> ${file}.part; mv ${file}.part ${file}`,
  };
  const read = (): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return '';
    }
  };
  await watching(entry, answers, async (asked) => {
    while (read() === '') await new Promise((resolve) => setTimeout(resolve, 10));
    expect(read()).toBe('{"Key":"a/b","Flags":18446744073709551615}\n9\n');
    expect(asked[0]).toBe('/v1/kv/a/b');
  });
  rmSync(folder, { recursive: true });
});

test.each<[PlainObject, string]>([
  [{ type: 'keyprefix', prefix: 'a b/' }, '/v1/kv/a%20b/?recurse='],
  [{ type: 'nodes' }, '/v1/catalog/nodes'],
  [
    { type: 'service', service: 'web', tag: ['x', 'y'], passingonly: true },
    '/v1/health/service/web?tag=x&tag=y&passing=1',
  ],
  [{ type: 'checks' }, '/v1/health/state/any'],
  [{ type: 'checks', state: 'critical' }, '/v1/health/state/critical'],
  [{ type: 'checks', service: 'web' }, '/v1/health/checks/web'],
  [{ type: 'event', name: 'deploy' }, '/v1/event/list?name=deploy'],
])('%j asks %s', (entry, path) => expect(plan({ ...entry, args: ['x'] }).path).toBe(path));
