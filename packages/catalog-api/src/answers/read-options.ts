import { parseGoDuration } from '@tribune/platform';
import type { Call } from '../http/call';
import { badRequest } from '../http/http-error';

export type Consistency = 'leader' | 'stale' | 'consistent';

export interface ReadOptions {
  readonly consistency: Consistency;
  /** A stale answer older than this is asked again with a fence. Milliseconds; Infinity for any age. */
  readonly maxStaleMs: number;
  readonly cached: boolean;
  /** 0: answer at once. */
  readonly index: number;
  /** 0: the default. Milliseconds. */
  readonly waitMs: number;
}

/** Reads `stale consistent leader cached max_stale wait index` as Consul does, in its order of complaints. */
export function readOptions(call: Call, discoveryMaxStaleMs: number): ReadOptions {
  const { query } = call;
  checkCacheControl(call);
  if (query.size === 0) return discoveryMaxStaleMs > 0 ? discoveryDefault(call, discoveryMaxStaleMs) : PLAIN;
  const consistent = query.has('consistent');
  const cached = query.has('cached');
  const maxStaleMs = maxStale(query.get('max_stale'));
  let stale = query.has('stale') || maxStaleMs > 0;
  let bound = maxStaleMs > 0 ? maxStaleMs : Infinity;
  if (!stale && !consistent && !cached && !query.has('leader') && discoveryMaxStaleMs > 0 && isDiscovery(call)) {
    stale = true;
    bound = discoveryMaxStaleMs;
  }
  if (stale && consistent) throw badRequest('Cannot specify ?stale with ?consistent, conflicting semantics.');
  if (cached && consistent) throw badRequest('Cannot specify ?cached with ?consistent, conflicting semantics.');
  const consistency = consistent ? 'consistent' : stale ? 'stale' : 'leader';
  const waitMs = waitOf(query.get('wait'));
  return { consistency, maxStaleMs: bound, cached, waitMs, index: indexOf(query.get('index')) };
}

const PLAIN: ReadOptions = { consistency: 'leader', maxStaleMs: Infinity, cached: false, index: 0, waitMs: 0 };

/** What does not change the content of an answer, and so is no part of its key. */
export const TRANSPORT_PARAMETERS: ReadonlySet<string> = new Set([
  'stale',
  'consistent',
  'leader',
  'cached',
  'max_stale',
  'wait',
  'index',
  'dc',
  'token',
  'pretty',
]);

const isDiscovery = (call: Call): boolean => call.path.startsWith('/v1/catalog') || call.path.startsWith('/v1/health');

function discoveryDefault(call: Call, maxStaleMs: number): ReadOptions {
  return isDiscovery(call) ? { ...PLAIN, consistency: 'stale', maxStaleMs } : PLAIN;
}

function maxStale(text: string): number {
  return durationMs(text, `Invalid max_stale value ${JSON.stringify(text)}`);
}

function waitOf(text: string): number {
  return durationMs(text, 'Invalid wait time');
}

/** 0 when nothing is said. Go holds a duration in 64 bits of nanoseconds, and takes none that does not fit. */
function durationMs(text: string, complaint: string): number {
  if (text === '') return 0;
  const ns = parseGoDuration(text);
  if (ns === undefined || Math.abs(ns) >= 2 ** 63) throw badRequest(complaint);
  return ns / 1e6;
}

function indexOf(text: string): number {
  if (text === '') return 0;
  if (!/^[0-9]+$/.test(text) || BigInt(text) > 0xffff_ffff_ffff_ffffn) throw badRequest('Invalid index');
  return Number(text);
}

export function refuseNamespace(call: Call): void {
  const ending = 'Namespaces are a Consul Enterprise feature';
  if (call.header('x-consul-namespace'))
    throw badRequest(`Bad request: Invalid header: "X-Consul-Namespace" - ${ending}`);
  if (call.query.size > 0 && call.query.get('ns') !== '')
    throw badRequest(`Bad request: Invalid query parameter: "ns" - ${ending}`);
}

const CACHE_SECONDS = /^(?:max-age|stale-if-error)=(.*)$/i;

/** Looked at also where nothing is cached, as Consul does. */
function checkCacheControl(call: Call): void {
  const header = call.header('cache-control');
  if (header === undefined) return;
  for (const directive of header.split(',')) {
    const seconds = CACHE_SECONDS.exec(directive.trim())?.[1];
    if (seconds !== undefined && !isInt64(seconds)) throw badRequest('Invalid Cache-Control header.');
  }
}

function isInt64(text: string): boolean {
  if (!/^[+-]?[0-9]{1,19}$/.test(text)) return false;
  const value = BigInt(text.replace('+', ''));
  return BigInt.asIntN(64, value) === value;
}
