import type { Random } from '@tribune/platform';
import type { LeaderStatus, StateApi, Topic } from '@tribune/protocol';
import type { ReadTables, View } from '@tribune/state-store';
import type { Call } from '../http/call';
import { HttpError, noClusterLeader, serverError } from '../http/http-error';
import type { Reply } from '../http/reply';
import type { CatalogApiOptions } from '../options';
import type { Answer } from './answer';
import type { Question } from './answer-cache';
import { CachedReads } from './cached-reads';
import type { Evaluated } from './content';
import type { Fence } from './fence';
import type { Parking } from './parking';
import { readOptions, TRANSPORT_PARAMETERS, type ReadOptions } from './read-options';

export interface ReadSpec {
  /** Rows that a partial view must hold for this. */
  readonly topics: readonly Topic[];
  /** Runs the query; what it throws is the answer. May run again, for a blocking query, after the call is gone. */
  readonly evaluate: (tables: ReadTables) => Evaluated;
  /** `kv`: bare errors. `session`: errors carry the index headers. `discovery`: also `X-Consul-Effective-Consistency`. */
  readonly family: 'kv' | 'session' | 'discovery';
  /** Honours `?cached`. */
  readonly cacheable?: boolean;
}

interface Freshness {
  readonly knownLeader: boolean;
  readonly lastContactMs: number;
}
const FRESH: Freshness = { knownLeader: true, lastContactMs: 0 };
const MAX_WAIT_JITTER_FRACTION = 16;

/**
 * Every read of the state: consistency, blocking, sharing, index headers. A default read on a single server takes this
 * whole way without a promise.
 */
export class Reads {
  private readonly cached = new CachedReads();

  constructor(
    private readonly options: CatalogApiOptions,
    private readonly state: StateApi,
    private readonly view: View,
    private readonly fence: Fence,
    private readonly parking: Parking,
    private readonly random: Random,
  ) {}

  serve(call: Call, spec: ReadSpec): Reply | Promise<Reply> {
    const options = readOptions(call, this.options.discoveryMaxStaleMs);
    try {
      this.checkDatacenter(call);
      const question = this.questionOf(call, spec);
      const isHit = spec.cacheable === true && options.cached && this.cached.isHit(question.key);
      const ready = this.view.require(spec.topics);
      const reply =
        ready || isHit || options.consistency === 'stale'
          ? this.serveSlowly(call, spec, options, question, ready, isHit)
          : this.serveFenced(call, spec, options, question);
      return reply instanceof Promise ? reply.catch((error: unknown) => fail(spec, error)) : reply;
    } catch (error) {
      return fail(spec, error);
    }
  }

  private serveFenced(call: Call, spec: ReadSpec, options: ReadOptions, question: Question): Reply | Promise<Reply> {
    const passed = this.fence.pass();
    if (passed) return passed.then(() => this.find(call, spec, options, question, FRESH, false));
    return this.find(call, spec, options, question, FRESH, false);
  }

  private async serveSlowly(
    call: Call,
    spec: ReadSpec,
    options: ReadOptions,
    question: Question,
    ready: Promise<void> | undefined,
    isHit: boolean,
  ): Promise<Reply> {
    await ready?.catch((error: unknown) => {
      throw new HttpError(500, 'No known Consul servers', { cause: error });
    });
    if (isHit) return this.find(call, spec, options, question, FRESH, true);
    if (options.consistency !== 'stale') return this.serveFenced(call, spec, options, question);
    const freshness = await this.freshness(options.maxStaleMs);
    return freshness
      ? this.find(call, spec, options, question, freshness, false)
      : this.serveFenced(call, spec, options, question);
  }

  /** How old a stale answer would be; undefined when that is too old. */
  private async freshness(maxStaleMs: number): Promise<Freshness | undefined> {
    const status: LeaderStatus = await this.state.status();
    if (status.lastContactMs === Infinity && this.view.revision === 0) throw noClusterLeader();
    if (status.lastContactMs > maxStaleMs) return undefined;
    return {
      knownLeader: status.leaderAddress !== '',
      lastContactMs: Math.min(Math.round(status.lastContactMs), Number.MAX_SAFE_INTEGER),
    };
  }

  private find(
    call: Call,
    spec: ReadSpec,
    options: ReadOptions,
    question: Question,
    freshness: Freshness,
    isHit: boolean,
  ): Reply | Promise<Reply> {
    const mayBlock = options.index > 0;
    const found = this.parking.answers.obtain(question, mayBlock);
    const settle = (answer: Answer): Reply | Promise<Reply> => {
      if (mayBlock && answer.index <= options.index) {
        return this.block(call, options, question, answer).then((final) =>
          this.reply(spec, options, final, freshness, isHit),
        );
      }
      const reply = this.reply(spec, options, answer, freshness, isHit);
      const isRepeatable = !mayBlock && options.consistency !== 'stale' && !options.cached;
      if (isRepeatable) this.parking.answers.alias(call.url, { answer, route: call.route, headers: reply.headers });
      return reply;
    };
    return found instanceof Promise ? found.then(settle) : settle(found);
  }

  private block(call: Call, options: ReadOptions, question: Question, answer: Answer): Promise<Answer> {
    if (this.parking.parked >= this.options.limits.blockingQueriesMax) {
      throw new HttpError(429, 'Too many blocking queries on this agent', { retryAfterS: 1 });
    }
    const { defaultQueryTimeMs, maxQueryTimeMs } = this.options;
    const waitMs = options.waitMs <= 0 ? defaultQueryTimeMs : Math.min(options.waitMs, maxQueryTimeMs);
    const jitterMs = (waitMs / MAX_WAIT_JITTER_FRACTION) * this.random.next();
    return this.parking.wait(question, answer, options.index, waitMs + jitterMs, call);
  }

  private reply(spec: ReadSpec, options: ReadOptions, answer: Answer, freshness: Freshness, isHit: boolean): Reply {
    const headers = [...answer.headers, ...indexHeaders(answer.index, freshness)];
    if (spec.family === 'discovery') headers.push('X-Consul-Effective-Consistency', options.consistency);
    if (options.cached && spec.cacheable)
      headers.push('X-Cache', isHit ? 'HIT' : 'MISS', ...(isHit ? ['Age', '0'] : []));
    return {
      status: answer.status,
      headers,
      body: answer.byteLength === 0 ? NO_BODY : { kind: 'shared', bytes: answer },
    };
  }

  private questionOf(call: Call, spec: ReadSpec): Question {
    const content = call.query.size === 0 ? '' : call.query.canonical(TRANSPORT_PARAMETERS);
    return { key: `${call.pretty ? 'p' : 'c'}${call.path}?${content}`, pretty: call.pretty, evaluate: spec.evaluate };
  }

  private checkDatacenter(call: Call): void {
    if (call.query.size > 0) checkDatacenter(call.query.get('dc'), this.options.datacenter);
  }
}

const NO_BODY = { kind: 'none' } as const;

/** `dc` must be empty or ours. */
export function checkDatacenter(dc: string, own: string): void {
  if (dc !== '' && dc !== own) throw serverError('No path to datacenter');
}

export function indexHeaders(index: number, freshness: Freshness): string[] {
  return [
    'X-Consul-Index',
    String(index),
    'X-Consul-Knownleader',
    String(freshness.knownLeader),
    'X-Consul-Lastcontact',
    String(freshness.lastContactMs),
  ];
}

const NOTHING_KNOWN = indexHeaders(1, { knownLeader: false, lastContactMs: 0 });

function fail(spec: ReadSpec, error: unknown): never {
  if (spec.family === 'kv' || !(error instanceof HttpError)) throw error;
  throw new HttpError(error.status, error.message, { ...error.detail, cause: error.cause, headers: NOTHING_KNOWN });
}
