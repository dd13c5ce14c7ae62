import { sleep, type Clock } from '@tribune/platform';
import { reasonOf } from '../../errors/reason';
import type { HttpClient } from '../../http/http-client';
import { parseJson, printJson, type Json } from '../../json/exact-json';
import type { Subject } from './subject';

export interface Change {
  readonly index: bigint;
  readonly value: Json;
}

export interface FollowOptions {
  readonly client: Pick<HttpClient, 'ask'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  onError(reason: string, retryMs: number): void;
}

/** Consul's: the n-th failure in a row waits n² of these. */
const RETRY_MS = 5_000;
const RETRY_MAX_MS = 180_000;
/** The least index: a query without one, or with 0, would not block. */
const INDEX_MIN = 1n;

/** Everything the subject is from now on: first as it is, then each time it differs. Survives failures; ends by signal. */
export async function* follow(subject: Subject, options: FollowOptions): AsyncGenerator<Change> {
  /** What to wait for; undefined asks for an answer at once. */
  let index: bigint | undefined;
  /** What the handler knows. */
  let seen: bigint | undefined;
  let shown: string | undefined;
  let failures = 0;
  while (!options.signal.aborted) {
    const reading = await read(subject, index, options).catch((error: unknown) => reasonOf(error));
    if (options.signal.aborted) return;
    if (typeof reading === 'string') {
      index = undefined;
      const retryMs = Math.min(RETRY_MS * (++failures) ** 2, RETRY_MAX_MS);
      options.onError(reading, retryMs);
      await sleep(options.clock, retryMs, options.signal);
      continue;
    }
    failures = 0;
    index = nextIndex(subject, index, reading.index);
    const value = subject.shape(reading.value, seen);
    seen = reading.index;
    if (value === undefined) continue;
    const text = printJson(value);
    if (text === shown) continue;
    shown = text;
    yield { index: reading.index, value };
  }
}

/** An index that went backwards means a restored or new cluster: ask afresh (Consul, "blocking queries"). */
function nextIndex(subject: Subject, before: bigint | undefined, now: bigint): bigint | undefined {
  if (!subject.hasHashedIndex && before !== undefined && now < before) return undefined;
  return now < INDEX_MIN ? INDEX_MIN : now;
}

async function read({ request }: Subject, since: bigint | undefined, { client, signal }: FollowOptions) {
  const query = { ...request.query, index: since === undefined ? undefined : String(since) };
  const answer = await client.ask({ ...request, query, signal, accepts: [404] });
  const index = answer.headers['x-consul-index'];
  if (typeof index !== 'string' || !/^\d+$/.test(index)) throw new Error('the answer has no X-Consul-Index');
  return { index: BigInt(index), value: answer.status === 404 ? null : parseJson(answer.body.toString()) };
}
