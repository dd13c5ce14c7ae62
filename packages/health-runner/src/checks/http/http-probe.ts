import { request as requestPlain, type IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import { dialErrorText, joinHostPort, messageOf, tlsReason } from '@tribune/platform';
import type { Observation } from '../../core/check-state';
import { cutHead } from '../../core/output';
import { critical, passing, warning, type Probe } from '../probe';
import { redirectOf, type Hop } from './redirect';

export interface HttpProbeOptions {
  readonly url: string;
  /** '' means GET. */
  readonly method: string;
  readonly header: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  readonly disableRedirects: boolean;
  readonly tlsServerName: string;
  readonly tlsSkipVerify: boolean;
  readonly timeoutMs: number;
  /** Bytes of the answer's body that are kept; the connection is dropped after them. */
  readonly outputBytesMax: number;
}

/** As Go's http.Client: the eleventh request of a chain is not made. */
const REDIRECTS_MAX = 10;

/** 2xx is passing, 429 warning, everything else critical. Every run has a connection of its own (no keep-alive). */
export function httpProbe(options: HttpProbeOptions): Probe {
  const method = options.method || 'GET';
  return {
    async run(signal) {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)]);
      try {
        const { response, body } = await follow(options, firstHop(options, method), limit);
        const status = `${response.statusCode} ${response.statusMessage}`.trim();
        return judge(response.statusCode!, `HTTP ${method} ${options.url}: ${status} Output: ${body}`);
      } catch (thrown) {
        return critical(`${goMethod(method)} "${options.url}": ${reasonOf(thrown, options.url, limit)}`);
      }
    },
  };
}

function judge(status: number, output: string): Observation {
  if (status >= 200 && status <= 299) return passing(output);
  return status === 429 ? warning(output) : critical(output);
}

function firstHop({ url, header, body }: HttpProbeOptions, method: string): Hop {
  const given = Object.fromEntries(Object.entries(header).map(([name, values]) => [name.toLowerCase(), [...values]]));
  return {
    url: new URL(url),
    method,
    header: {
      'user-agent': 'Consul Health Check',
      accept: 'text/plain, text/*, */*',
      ...given,
      // Node sends a list for Host as a list, which no server takes.
      ...(given.host ? { host: given.host[0] } : {}),
      connection: 'close',
    },
    body,
  };
}

async function follow(
  options: HttpProbeOptions,
  first: Hop,
  signal: AbortSignal,
): Promise<{ response: IncomingMessage; body: string }> {
  let hop = first;
  for (let redirects = 0; ; redirects++) {
    const response = await send(hop, options, signal);
    const next = options.disableRedirects
      ? undefined
      : redirectOf(hop, response.statusCode!, response.headers.location);
    if (!next) return { response, body: await readHead(response, options.outputBytesMax) };
    response.destroy();
    if (redirects === REDIRECTS_MAX) throw new Error(`stopped after ${REDIRECTS_MAX} redirects`);
    hop = next;
  }
}

function send(hop: Hop, options: HttpProbeOptions, signal: AbortSignal): Promise<IncomingMessage> {
  const { url, method, header, body } = hop;
  return new Promise((resolve, reject) => {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      return reject(new Error(`unsupported protocol scheme "${url.protocol.slice(0, -1)}"`));
    }
    const settings = { method, headers: header, agent: false, signal, maxHeaderSize: 64 << 10 };
    const request =
      url.protocol === 'http:'
        ? requestPlain(url, settings, resolve)
        : requestTls(
            url,
            {
              ...settings,
              rejectUnauthorized: !options.tlsSkipVerify,
              ...(options.tlsServerName ? { servername: options.tlsServerName } : {}),
            },
            resolve,
          );
    request.on('error', reject);
    request.end(body);
  });
}

/** The first bytes of the body; a body without end costs no more than a short one. */
async function readHead(response: IncomingMessage, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= bytesMax) break;
    }
  } catch {
    // The status line has arrived, and it alone decides; what came of the body is shown.
  }
  response.destroy();
  return cutHead(Buffer.concat(chunks), bytesMax).toString();
}

function reasonOf(thrown: unknown, url: string, limit: AbortSignal): string {
  if (limit.aborted) return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  const { code } = thrown as { code?: string };
  if (code === 'ERR_INVALID_URL') return 'invalid URL';
  if (code?.startsWith('HPE_')) return `net/http: HTTP/1.x transport connection broken: ${messageOf(thrown)}`;
  if (code === 'EPROTO' && tlsReason(thrown) === 'wrong version number')
    return 'http: server gave HTTP response to HTTPS client';
  return code === undefined || code.startsWith('ERR_')
    ? messageOf(thrown)
    : dialErrorText('tcp', targetOf(url), thrown);
}

function targetOf(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return joinHostPort(hostname.replace(/^\[|\]$/g, ''), Number(port) || (protocol === 'https:' ? 443 : 80));
}

/** Go prints `Get "http://…": …`. */
const goMethod = (method: string): string => method.slice(0, 1).toUpperCase() + method.slice(1).toLowerCase();
