import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Observation } from '../../core/check-state';
import { dockerProbe } from './docker-probe';

let folder: string;
let engine: Server;
let calls: string[];
let exitCode: number;

/** The three calls of the Docker Engine API that a check makes. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docker-'));
  calls = [];
  exitCode = 0;
  engine = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      calls.push(`${request.method} ${request.url} ${body}`.trim());
      if (request.url === '/containers/gone/exec') response.writeHead(404).end('{"message":"No such container: gone"}');
      else if (request.url === '/containers/web/exec') response.writeHead(201).end('{"Id":"e1"}');
      else if (request.url === '/exec/e1/start') response.end(Buffer.concat([frame(1, 'out\n'), frame(2, 'err\n')]));
      else response.end(JSON.stringify({ ExitCode: exitCode }));
    });
  }).listen(join(folder, 'engine.sock'));
  await once(engine, 'listening');
});
afterEach(async () => {
  await new Promise((resolve) => engine.close(resolve));
  await rm(folder, { recursive: true });
});

function frame(stream: number, text: string): Buffer {
  const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

const run = (container: string, host = `unix://${join(folder, 'engine.sock')}`): Promise<Observation> =>
  dockerProbe({ container, args: ['check', '-a'], dockerHost: host, timeoutMs: 5000, outputBytesMax: 4096 }).run(
    new AbortController().signal,
  );

test.each([
  [0, 'passing'],
  [1, 'warning'],
  [7, 'critical'],
])('exit code %d inside the container is %s', async (code, status) => {
  exitCode = code;
  expect(await run('web')).toEqual({ status, output: 'out\nerr\n' });
});

test('the command runs by exec, without a terminal', async () => {
  await run('web');
  expect(calls).toEqual([
    'POST /containers/web/exec {"AttachStdout":true,"AttachStderr":true,"Cmd":["check","-a"]}',
    'POST /exec/e1/start {"Detach":false,"Tty":false}',
    'GET /exec/e1/json',
  ]);
});

test('a container that does not exist is critical', async () => {
  expect(await run('gone')).toEqual({
    status: 'critical',
    output: 'create exec failed for container gone: {"message":"No such container: gone"}',
  });
});

test('an engine that is not there is critical', async () => {
  expect((await run('web', 'unix:///no/such/socket')).status).toBe('critical');
});
