import { parseGoDuration } from '@tribune/platform';
import type { PlainObject, PlainValue } from '../config/hcl/plain-tree';

/** One entry of `watches`: what is asked again and again, and who is told. */
export interface WatchPlan {
  readonly type: WatchType;
  /** Path and query of the HTTP API, without index. */
  readonly path: string;
  readonly token: string;
  readonly handler: WatchHandler;
}

export type WatchHandler =
  | { readonly kind: 'script'; readonly command: string; readonly args: readonly string[] }
  | {
      readonly kind: 'http';
      readonly url: string;
      readonly method: string;
      readonly timeoutMs: number;
      readonly headers: Readonly<Record<string, readonly string[]>>;
      readonly tlsSkipVerify: boolean;
    };

export const WATCH_TYPES = ['key', 'keyprefix', 'services', 'nodes', 'service', 'checks', 'event'] as const;
export type WatchType = (typeof WATCH_TYPES)[number];

export type PlanReport = (key: string, message: string) => void;

/** The keys each type knows besides those of every watch. */
const OWN_KEYS: Readonly<Record<WatchType, readonly string[]>> = {
  key: ['key'],
  keyprefix: ['prefix'],
  services: ['filter'],
  nodes: ['filter'],
  service: ['service', 'tag', 'passingonly', 'filter'],
  checks: ['service', 'state', 'filter'],
  event: ['name'],
};
const COMMON_KEYS = ['type', 'datacenter', 'token', 'handler_type', 'handler', 'args', 'http_handler_config'];

/** Reads one entry; what is wrong goes to `report` under the entry's own keys. Undefined when there is no telling what is meant. */
export function readWatchPlan(entry: PlainObject, report: PlanReport): WatchPlan | undefined {
  const read = new EntryReader(entry, report);
  const type = WATCH_TYPES.find((known) => known === entry.type);
  if (!type) {
    report(
      'type',
      entry.type === undefined
        ? 'a watch type must be specified'
        : `unsupported watch type: ${JSON.stringify(entry.type)}`,
    );
    return undefined;
  }
  for (const key of Object.keys(entry)) {
    if (![...COMMON_KEYS, ...OWN_KEYS[type]].includes(key)) report(key, `invalid key for a watch of type ${type}`);
  }
  const handler = readHandler(read, report);
  return handler && { type, path: pathOf(type, read, report), token: read.text('token'), handler };
}

function pathOf(type: WatchType, read: EntryReader, report: PlanReport): string {
  const query = new URLSearchParams();
  for (const [key, name] of [
    ['datacenter', 'dc'],
    ['filter', 'filter'],
  ] as const)
    if (read.text(key) !== '') query.set(name, read.text(key));
  const needed = (key: string): string => {
    if (read.text(key) === '') report(key, `must be specified for a watch of type ${type}`);
    return read.text(key);
  };
  const at = (path: string): string => (query.size > 0 ? `${path}?${query.toString()}` : path);
  const encoded = (key: string): string => key.split('/').map(encodeURIComponent).join('/');
  switch (type) {
    case 'key':
      return at(`/v1/kv/${encoded(needed('key'))}`);
    case 'keyprefix':
      query.set('recurse', '');
      return at(`/v1/kv/${encoded(needed('prefix'))}`);
    case 'services':
      return at('/v1/catalog/services');
    case 'nodes':
      return at('/v1/catalog/nodes');
    case 'service':
      for (const tag of read.texts('tag')) query.append('tag', tag);
      if (read.bool('passingonly')) query.set('passing', '1');
      return at(`/v1/health/service/${encodeURIComponent(needed('service'))}`);
    case 'checks':
      if (read.text('service') !== '' && read.text('state') !== '')
        report('state', 'cannot be given together with service');
      return at(
        read.text('service') !== ''
          ? `/v1/health/checks/${encodeURIComponent(read.text('service'))}`
          : `/v1/health/state/${read.text('state') || 'any'}`,
      );
    case 'event':
      if (read.text('name') !== '') query.set('name', read.text('name'));
      return at('/v1/event/list');
  }
}

function readHandler(read: EntryReader, report: PlanReport): WatchHandler | undefined {
  const http = read.object('http_handler_config');
  const args = read.texts('args');
  const shell = read.text('handler');
  const kind = read.text('handler_type') || (http ? 'http' : 'script');
  if (kind === 'http' && http)
    return httpHandler(http, (key, message) => report(`http_handler_config.${key}`, message));
  if (kind === 'script' && args.length > 0) return { kind: 'script', command: args[0]!, args: args.slice(1) };
  if (kind === 'script' && shell !== '') return { kind: 'script', command: '/bin/sh', args: ['-c', shell] };
  if (kind === 'http' || kind === 'script')
    report(kind === 'http' ? 'http_handler_config' : 'args', 'a handler must be given');
  else report('handler_type', `must be script or http, got ${JSON.stringify(kind)}`);
  return undefined;
}

const DEFAULT_TIMEOUT_MS = 10_000;

function httpHandler(config: PlainObject, report: PlanReport): WatchHandler {
  const read = new EntryReader(config, report);
  const url = read.text('path');
  if (!URL.canParse(url) || !/^https?:/.test(url)) report('path', `expected a URL, got ${JSON.stringify(url)}`);
  const timeout = read.text('timeout');
  const timeoutNs = timeout === '' ? DEFAULT_TIMEOUT_MS * 1e6 : parseGoDuration(timeout);
  if (timeoutNs === undefined) report('timeout', `expected a duration such as "10s", got ${JSON.stringify(timeout)}`);
  const header = read.object('header') ?? {};
  const headers = Object.fromEntries(
    Object.keys(header).map((name) => [name, new EntryReader(header, report).texts(name)]),
  );
  return {
    kind: 'http',
    url,
    method: read.text('method') || 'POST',
    timeoutMs: (timeoutNs ?? 0) / 1e6,
    headers,
    tlsSkipVerify: read.bool('tls_skip_verify'),
  };
}

/** Typed access to an entry's keys; a wrong type is reported, and read as absent. */
class EntryReader {
  constructor(
    private readonly entry: PlainObject,
    private readonly report: PlanReport,
  ) {}

  text(key: string): string {
    return this.as(key, 'text', (value): value is string => typeof value === 'string') ?? '';
  }

  bool(key: string): boolean {
    return this.as(key, 'true or false', (value): value is boolean => typeof value === 'boolean') ?? false;
  }

  texts(key: string): readonly string[] {
    const value = this.entry[key];
    if (typeof value === 'string') return [value];
    const isTexts = (list: PlainValue): list is readonly string[] =>
      Array.isArray(list) && list.every((one) => typeof one === 'string');
    return this.as(key, 'a list of texts', isTexts) ?? [];
  }

  object(key: string): PlainObject | undefined {
    return this.as(
      key,
      'an object',
      (value): value is PlainObject => typeof value === 'object' && value !== null && !Array.isArray(value),
    );
  }

  private as<T extends PlainValue>(
    key: string,
    expects: string,
    fits: (value: PlainValue) => value is T,
  ): T | undefined {
    const value = this.entry[key];
    if (value === undefined || value === null) return undefined;
    if (fits(value)) return value;
    this.report(key, `expected ${expects}, got ${JSON.stringify(value)}`);
    return undefined;
  }
}
