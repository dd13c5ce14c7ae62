import { spawn } from 'node:child_process';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { WatchHandler } from './watch-plan';

/** Bytes of a handler's output that are worth a log line. */
const OUTPUT_MAX = 4096;

/** Tells the handler; resolves with its output when it is done, rejects when it failed. */
export function callHandler(handler: WatchHandler, index: string, body: string, signal: AbortSignal): Promise<string> {
  return handler.kind === 'script' ? runScript(handler, index, body, signal) : post(handler, index, body, signal);
}

function runScript(
  { command, args }: WatchHandler & { kind: 'script' },
  index: string,
  body: string,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, CONSUL_INDEX: index, TRIBUNE_INDEX: index },
      stdio: ['pipe', 'pipe', 'pipe'],
      signal,
    });
    let output = '';
    const keep = (chunk: Buffer): void => {
      if (output.length < OUTPUT_MAX) output += chunk.toString('utf8', 0, OUTPUT_MAX - output.length);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`exit code ${code}: ${output.trim()}`)),
    );
    // A handler need not read what it is told.
    child.stdin.on('error', () => undefined);
    child.stdin.end(body);
  });
}

function post(
  handler: WatchHandler & { kind: 'http' },
  index: string,
  body: string,
  signal: AbortSignal,
): Promise<string> {
  const url = new URL(handler.url);
  const options = {
    method: handler.method,
    timeout: handler.timeoutMs,
    signal,
    rejectUnauthorized: !handler.tlsSkipVerify,
    headers: { 'Content-Type': 'application/json', 'X-Consul-Index': index, ...handler.headers },
  };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, (response) => {
      response.resume();
      response.once('end', () =>
        response.statusCode! < 300 ? resolve('') : reject(new Error(`status ${response.statusCode}`)),
      );
    });
    request.once('timeout', () => request.destroy(new Error(`no answer within ${handler.timeoutMs} ms`)));
    request.once('error', reject);
    request.end(body);
  });
}
