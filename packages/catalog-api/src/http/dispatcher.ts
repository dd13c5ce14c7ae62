import type { IncomingMessage, ServerResponse } from 'node:http';
import { formatGoDuration, messageOf, type Logger } from '@tribune/platform';
import { announcesBody } from './body';
import { Call } from './call';
import { closeGently, drain } from './drain';
import { HttpError } from './http-error';
import { acceptsGzip } from './gzip';
import { cleanPath, escapeHtml, escapeNonAscii, escapePath, isPrintable } from './path';
import { percentDecode, Query } from './query';
import { empty, ParkedReply, text, type Answering, type Reply } from './reply';
import type { RequestMetrics } from './request-metrics';
import type { Endpoint, Match, Router } from './router';
import { STALLED_READER_MS, writeReply } from './writer';

export interface DispatcherOptions {
  readonly dev: boolean;
  readonly disableHttpUnprintableCharFilter: boolean;
  readonly blockEndpoints: readonly string[];
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly limits: { readonly stalledReaderMs?: number };
}

/**
 * Answers a GET whose encoded answer is at hand, without parsing anything; false when it has none. When it finds out late
 * that it cannot, it calls `takeLongWay`.
 */
export type Shortcut = (request: IncomingMessage, response: ServerResponse, takeLongWay: () => void) => boolean;

/** One request from its first line to its last byte: Go's ServeMux, Consul's wrapper around each endpoint, error answers. */
export class Dispatcher {
  private readonly plainHeaders: readonly string[];
  private readonly endpointHeaders: readonly string[];
  private readonly stalledMs: number;

  constructor(
    private readonly router: Router,
    private readonly options: DispatcherOptions,
    private readonly metrics: RequestMetrics,
    private readonly logger: Logger,
    private readonly shortcut: Shortcut,
  ) {
    this.plainHeaders = Object.entries(options.responseHeaders).flat();
    this.endpointHeaders = endpointHeaders(options);
    this.stalledMs = options.limits.stalledReaderMs ?? STALLED_READER_MS;
  }

  dispatch(request: IncomingMessage, response: ServerResponse): void {
    const takeLongWay = (): void => this.guarded(request, response, () => this.route(request, response));
    this.guarded(request, response, () => {
      // A log that tells of requests tells of all.
      if (request.method === 'GET' && !this.isTold() && this.shortcut(request, response, takeLongWay)) return;
      this.route(request, response);
    });
  }

  private isTold(): boolean {
    return this.logger.reaches?.('debug') ?? false;
  }

  /** Nothing that a request does may reach the event loop as an exception. */
  private guarded(request: IncomingMessage, response: ServerResponse, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.fail(request, response, error);
    }
  }

  /** The `Allow` list of a request target, for methods that Node's parser does not know. */
  allowOf(target: string): string | undefined {
    const match = this.router.find(percentDecode(splitTarget(target).path)?.text ?? '/');
    return match.kind === 'found' ? match.endpoint.allow : undefined;
  }

  private route(request: IncomingMessage, response: ServerResponse): void {
    if (request.headers.host === undefined && request.httpVersion === '1.1') {
      return this.close(response, text(400, '400 Bad Request: missing required Host header'));
    }
    if (request.url === '*') return this.plain(request, response, empty(request.method === 'OPTIONS' ? 200 : 400));
    const { path: rawPath, query: rawQuery } = splitTarget(request.url ?? '/');
    const decoded = percentDecode(rawPath);
    if (!decoded) return this.close(response, text(400, '400 Bad Request'));
    if (!decoded.valid) return this.plain(request, response, text(400, 'Request path is not valid UTF-8'));
    const path = decoded.text;
    const isRefused = !this.options.disableHttpUnprintableCharFilter && !isPrintable(path);
    if (isRefused) return this.plain(request, response, empty(400));
    const match = this.router.find(path);
    const target = match.kind === 'slash' ? `${path}/` : cleanPath(path);
    if (target !== path) return this.plain(request, response, redirect(request, target, rawQuery));
    // Consul without its web UI, to any method; probes and load balancers ask for it.
    if (path === '/') return this.plain(request, response, text(200, 'Consul Agent'));
    if (match.kind !== 'found') return this.plain(request, response, empty(404));
    this.enter(request, response, match, path, rawQuery);
  }

  private enter(
    request: IncomingMessage,
    response: ServerResponse,
    match: Match & { kind: 'found' },
    path: string,
    rawQuery: string,
  ): void {
    const { endpoint, tail } = match;
    const startedMs = performance.now();
    const method = request.method ?? 'GET';
    const query = Query.parse(rawQuery);
    const pretty = this.options.dev || (query?.has('pretty') ?? false);
    const answer = (reply: Reply): void | Promise<void> => {
      const elapsedMs = query?.has('index') ? undefined : performance.now() - startedMs;
      this.metrics.answered(endpoint.pattern, method, reply.status, elapsedMs);
      if (this.isTold()) this.tell(request, performance.now() - startedMs);
      return this.answer(request, response, reply, pretty);
    };
    if (!query) return void answer(empty(500));
    const refusal = this.refusal(endpoint, method, path);
    if (refusal) return void answer(refusal);
    const call = new Call(request, response, method, endpoint.pattern, path, tail, query, pretty);
    const settle = (reply: Answering): void | Promise<void> => {
      if (!(reply instanceof ParkedReply)) return answer(reply);
      reply.subscribe((final) => this.guarded(request, response, () => this.finish(answer(final))));
    };
    try {
      const reply = endpoint.handler(method)!(call);
      if (!(reply instanceof Promise)) return void this.finish(settle(reply));
      reply.then(settle).catch((error: unknown) => this.finish(answer(this.errorReply(error, call))));
    } catch (error) {
      this.finish(answer(this.errorReply(error, call)));
    }
  }

  /** What Consul's wrapper answers before an endpoint sees the request. */
  private refusal(endpoint: Endpoint, method: string, path: string): Reply | undefined {
    if (this.options.blockEndpoints.some((prefix) => path.startsWith(prefix))) {
      return text(403, 'Endpoint is blocked by agent configuration');
    }
    if (endpoint.handler(method)) return undefined;
    if (method === 'OPTIONS') return empty(200, ['Allow', endpoint.allow]);
    return text(405, `method ${method} not allowed`, ['Allow', endpoint.allow]);
  }

  private answer(
    request: IncomingMessage,
    response: ServerResponse,
    reply: Reply,
    pretty: boolean,
  ): void | Promise<void> {
    if (response.headersSent || response.destroyed) return;
    const gzip = reply.body.kind !== 'none' && acceptsGzip(request.headers['accept-encoding'] as string | undefined);
    const headers = this.lettingGo(request, response, reply, this.endpointHeaders);
    return writeReply(response, reply, { pretty, gzip, headers, stalledMs: this.stalledMs });
  }

  /** Answered before the body was read: what is still coming is dropped, and after a 413 the connection is not used again. */
  private lettingGo(
    request: IncomingMessage,
    response: ServerResponse,
    reply: Reply,
    headers: readonly string[],
  ): readonly string[] {
    if (request.complete || !announcesBody(request)) return headers;
    drain(request, response);
    if (reply.status !== 413) return headers;
    closeGently(request);
    response.shouldKeepAlive = false;
    return [...headers, 'Connection', 'close'];
  }

  private errorReply(error: unknown, call: Call): Reply {
    if (error instanceof HttpError) {
      const { retryAfterS, headers = [] } = error.detail;
      return text(
        error.status,
        error.message,
        retryAfterS === undefined ? headers : [...headers, 'Retry-After', String(retryAfterS)],
      );
    }
    this.logger.error('request failed', {
      method: call.method,
      path: call.path,
      error: messageOf(error),
      stack: (error as Error)?.stack,
    });
    return text(500, messageOf(error));
  }

  private tell({ method, url, socket }: IncomingMessage, elapsedMs: number): void {
    const latency = formatGoDuration(Math.round(elapsedMs * 1e6));
    const from = `${socket.remoteAddress}:${socket.remotePort}`;
    const shown = url?.replace(/([?&]token=)[^&]*/g, '$1<hidden>');
    this.logger.debug('Request finished', { method, url: shown, from, latency });
  }

  private finish(written: void | Promise<void>): void {
    if (written instanceof Promise)
      written.catch((error: unknown) => this.logger.debug('answer not delivered', { error: messageOf(error) }));
  }

  private fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    this.logger.error('request failed', { url: request.url, error: messageOf(error), stack: (error as Error)?.stack });
    if (response.headersSent) response.destroy();
    else this.plain(request, response, text(500, messageOf(error)));
  }

  /** Answers of the mux itself: no `Vary`, no gzip. */
  private plain(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
    const headers = this.lettingGo(request, response, reply, this.plainHeaders);
    void writeReply(response, reply, { pretty: false, gzip: false, headers, stalledMs: this.stalledMs });
  }

  private close(response: ServerResponse, reply: Reply): void {
    response.shouldKeepAlive = false;
    void writeReply(response, reply, {
      pretty: false,
      gzip: false,
      headers: ['Connection', 'close'],
      stalledMs: this.stalledMs,
    });
  }
}

/** What every answer of an endpoint starts with. */
export function endpointHeaders(options: Pick<DispatcherOptions, 'responseHeaders'>): readonly string[] {
  return ['Vary', 'Accept-Encoding', ...Object.entries(options.responseHeaders).flat()];
}

const NON_ASCII = /[\x80-\xff]/;

/** Path and query of a request target; raw bytes above ASCII are UTF-8 there, as Go takes them. */
function splitTarget(url: string): { readonly path: string; readonly query: string } {
  let target = NON_ASCII.test(url) ? Buffer.from(url, 'latin1').toString('utf8') : url;
  if (!target.startsWith('/')) target = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  const fragment = target.indexOf('#');
  if (fragment >= 0) target = target.slice(0, fragment);
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  return { path: path === '' ? '/' : path, query: mark < 0 ? '' : target.slice(mark + 1) };
}

function redirect(request: IncomingMessage, path: string, rawQuery: string): Reply {
  const location = escapePath(path) + (rawQuery === '' ? '' : `?${escapeNonAscii(rawQuery)}`);
  if (request.method !== 'GET' && request.method !== 'HEAD') return empty(301, ['Location', location]);
  return {
    status: 301,
    headers: ['Content-Type', 'text/html; charset=utf-8', 'Location', location],
    body: { kind: 'bytes', bytes: `<a href="${escapeHtml(location)}">Moved Permanently</a>.\n\n` },
  };
}
