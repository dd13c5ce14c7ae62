import type { Random } from '@tribune/platform';
import type { StateApi, Topic } from '@tribune/protocol';
import { ReplicaError } from '@tribune/replica';
import type { ReadTables, View } from '@tribune/state-store';
import type { Call } from '../http/call';
import { HttpError, noClusterLeader, serverError } from '../http/http-error';
import { ParkedReply, type Answering, type Reply } from '../http/reply';
import type { CatalogApiOptions } from '../options';
import type { Answer } from './answer';
import type { Question } from './answer-cache';
import { CachedReads } from './cached-reads';
import { chain } from './chain';
import type { Evaluated } from './content';
import type { Fence } from './fence';
import type { Parking } from './parking';
import { readOptions, refuseNamespace, TRANSPORT_PARAMETERS, type ReadOptions } from './read-options';
import { SharedStatus } from './shared-status';

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

/** One read on its way. */
interface Asked {
  readonly call: Call;
  readonly spec: ReadSpec;
  readonly options: ReadOptions;
  readonly question: Question;
  /** `?cached`, and asked before. */
  readonly isHit: boolean;
}

interface Freshness {
  readonly knownLeader: boolean;
  readonly lastContactMs: number;
}
const FRESH: Freshness = { knownLeader: true, lastContactMs: 0 };
const MAX_WAIT_JITTER_FRACTION = 16;
/** Of the jitter: Node keeps timers of one length in one list, and thousands of lengths make setting one slow. */
const JITTER_STEPS = 16;

/**
 * Every read of the state: consistency, blocking, sharing, index headers. A default read on a single server takes this
 * whole way without a promise.
 */
export class Reads {
  private readonly cached = new CachedReads();
  private readonly status: SharedStatus;

  constructor(
    private readonly options: CatalogApiOptions,
    state: StateApi,
    private readonly view: View,
    private readonly fence: Fence,
    private readonly parking: Parking,
    private readonly random: Random,
  ) {
    this.status = new SharedStatus(state);
  }

  serve(call: Call, spec: ReadSpec): Answering | Promise<Answering> {
    refuseNamespace(call);
    const options = readOptions(call, this.options.discoveryMaxStaleMs);
    try {
      const reply = this.read(call, spec, options);
      return reply instanceof Promise ? reply.catch((error: unknown) => fail(spec, error)) : reply;
    } catch (error) {
      return fail(spec, error);
    }
  }

  private read(call: Call, spec: ReadSpec, options: ReadOptions): Answering | Promise<Answering> {
    if (call.query.size > 0) checkDatacenter(call.query.get('dc'), this.options.datacenter);
    const question = questionOf(call, spec);
    const isHit = spec.cacheable === true && options.cached && this.cached.isHit(question.key);
    const asked: Asked = { call, spec, options, question, isHit };
    return chain(this.rowsAreHere(spec), () =>
      chain(isHit ? FRESH : this.freshness(options), (freshness) => this.find(asked, freshness)),
    );
  }

  private rowsAreHere(spec: ReadSpec): void | Promise<void> {
    try {
      return this.view.require(spec.topics)?.catch((error: unknown) => {
        throw viewFailure(error);
      });
    } catch (error) {
      throw viewFailure(error);
    }
  }

  /** Waits until the view is as fresh as asked for; says how fresh that is. */
  private freshness(options: ReadOptions): Freshness | Promise<Freshness> {
    if (options.consistency !== 'stale') return chain(this.fence.pass(), () => FRESH);
    return chain(this.status.get(), (status) => {
      const { lastContactMs, leaderAddress } = status;
      if (lastContactMs === Infinity && this.view.revision === 0) throw noClusterLeader();
      if (lastContactMs > options.maxStaleMs) return chain(this.fence.pass(), () => FRESH);
      return {
        knownLeader: leaderAddress !== '',
        lastContactMs: Math.min(Math.round(lastContactMs), Number.MAX_SAFE_INTEGER),
      };
    });
  }

  private find(asked: Asked, freshness: Freshness): Answering | Promise<Answering> {
    const { call, options, question } = asked;
    const mayBlock = options.index > 0;
    return chain(this.parking.answers.obtain(question, mayBlock), (answer) => {
      if (mayBlock && answer.index <= options.index) {
        return this.block(asked, answer, freshness);
      }
      const reply = replyOf(asked, answer, freshness);
      const isRepeatable = !mayBlock && options.consistency !== 'stale' && !options.cached;
      if (isRepeatable) this.parking.answers.alias(call.url, { answer, route: call.route, headers: reply.headers });
      return reply;
    });
  }

  private block(asked: Asked, answer: Answer, freshness: Freshness): ParkedReply {
    const { call, options, question } = asked;
    if (this.parking.parked >= this.options.limits.blockingQueriesMax) {
      throw new HttpError(429, 'Too many blocking queries on this agent', { retryAfterS: 1 });
    }
    const { defaultQueryTimeMs, maxQueryTimeMs } = this.options;
    const waitMs = options.waitMs <= 0 ? defaultQueryTimeMs : Math.min(options.waitMs, maxQueryTimeMs);
    const jitter = Math.floor(JITTER_STEPS * this.random.next()) / JITTER_STEPS;
    const jitterMs = (waitMs / MAX_WAIT_JITTER_FRACTION) * jitter;
    const above = options.index;
    call.expectsNothing();
    return new ParkedReply((send) =>
      this.parking.park(question, answer, above, waitMs + jitterMs, call, (final) =>
        send(replyOf(asked, final, freshness)),
      ),
    );
  }
}

/** Why a partial view cannot hold the rows of this read. */
function viewFailure(error: unknown): HttpError {
  if (error instanceof ReplicaError && error.code === 'REPLICA_TOO_MANY_TOPICS') {
    return new HttpError(503, error.message, { retryAfterS: 1, cause: error });
  }
  return new HttpError(500, 'No known Consul servers', { cause: error });
}

/** The same object for those who are to get the same: what is made from it further on is kept, too. */
function replyOf(asked: Asked, answer: Answer, freshness: Freshness): Reply {
  const { spec, options } = asked;
  if (options.cached) return newReply(asked, answer, freshness);
  const consistency = spec.family === 'discovery' ? options.consistency : '';
  const last = answer.replied;
  if (last?.consistency === consistency && last.freshness === freshness) return last.reply;
  const reply = newReply(asked, answer, freshness);
  answer.replied = { consistency, freshness, reply };
  return reply;
}

function newReply({ spec, options, isHit }: Asked, answer: Answer, freshness: Freshness): Reply {
  const headers = [...answer.headers, ...indexHeaders(answer.index, freshness)];
  if (spec.family === 'discovery') headers.push('X-Consul-Effective-Consistency', options.consistency);
  if (options.cached && spec.cacheable) headers.push('X-Cache', isHit ? 'HIT' : 'MISS', ...(isHit ? ['Age', '0'] : []));
  return {
    status: answer.status,
    headers,
    body: answer.byteLength === 0 ? NO_BODY : { kind: 'shared', bytes: answer },
  };
}

function questionOf(call: Call, spec: ReadSpec): Question {
  const content = call.query.size === 0 ? '' : call.query.canonical(TRANSPORT_PARAMETERS);
  const key = `${call.pretty ? 'p' : 'c'}${call.path}?${content}`;
  return { key, pretty: call.pretty, evaluate: spec.evaluate };
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
