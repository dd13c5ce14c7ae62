import * as http from 'node:http';
import { Readable } from 'node:stream';
import { parseJson, type Json } from '../json/exact-json';
import { noAnswer, unexpectedStatus } from './failure';
import type { HttpSettings } from './settings';
import { tlsOptions } from './tls';

export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Ask {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Query;
  /** A stream for what need not be in memory at once. */
  readonly body?: string | Uint8Array | Readable;
  readonly signal?: AbortSignal;
  /** Besides 200. */
  readonly accepts?: readonly number[];
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The HTTP API of one agent. Every failure is an `HttpFailure`, an abort its signal's reason. */
export class HttpClient {
  private readonly transport: Pick<typeof http, 'request'>;
  private readonly options: http.RequestOptions;

  constructor(private readonly settings: HttpSettings) {
    const { address, auth, token, tls } = settings;
    this.transport = address.isTls ? (require('node:https') as typeof http) : http;
    this.options = {
      ...(address.socketPath === undefined
        ? { host: address.host, port: address.port }
        : { socketPath: address.socketPath }),
      ...(address.isTls && tlsOptions(tls)),
      ...(auth !== '' && { auth }),
      headers: token === '' ? {} : { 'X-Consul-Token': token },
      agent: false,
    };
  }

  async ask(ask: Ask): Promise<Answer> {
    const message = await this.stream(ask);
    const body = await this.guard(ask, wholeBody(message));
    const status = message.statusCode ?? 0;
    if (status !== 200 && !ask.accepts?.includes(status)) throw unexpectedStatus(status, body.toString());
    return { status, headers: message.headers, body };
  }

  /** The answer as JSON. */
  async json<T = Json>(ask: Ask): Promise<T> {
    return parseJson((await this.ask(ask)).body.toString()) as T;
  }

  /** The answer as soon as its head is there, whatever its status. */
  stream(ask: Ask): Promise<http.IncomingMessage> {
    const path = this.pathOf(ask);
    const answer = new Promise<http.IncomingMessage>((resolve, reject) => {
      const request = this.transport.request({
        ...this.options,
        method: ask.method ?? 'GET',
        path,
        signal: ask.signal,
      });
      request.on('response', resolve).on('error', reject);
      const { body } = ask;
      if (body instanceof Readable) return void body.on('error', (error) => request.destroy(error)).pipe(request);
      // Node sends the body of a DELETE without saying how long it is.
      if (body !== undefined) request.setHeader('Content-Length', Buffer.byteLength(body));
      request.end(body);
    });
    return this.guard(ask, answer);
  }

  private async guard<T>(ask: Ask, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      ask.signal?.throwIfAborted();
      const { address } = this.settings;
      const dialled =
        address.socketPath === undefined ? `tcp ${address.host}:${address.port}` : `unix ${address.socketPath}`;
      throw noAnswer(ask.method ?? 'GET', address.label + this.pathOf(ask), dialled, error as NodeJS.ErrnoException);
    }
  }

  private pathOf({ path, query }: Ask): string {
    const { datacenter, namespace, isStale } = this.settings;
    const all: Query = {
      ...(datacenter !== '' && { dc: datacenter }),
      ...(namespace !== '' && { ns: namespace }),
      ...(isStale && query?.['consistent'] === undefined && { stale: '' }),
      ...query,
    };
    const parts = Object.entries(all)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, value]) =>
        (value === undefined ? [] : typeof value === 'string' ? [value] : value).map(
          (one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`,
        ),
      );
    return parts.length === 0 ? path : `${path}?${parts.join('&')}`;
  }
}

async function wholeBody(message: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A path segment or key for a URL; slashes stay. */
export const escapePath = (text: string): string => text.split('/').map(encodeURIComponent).join('/');
