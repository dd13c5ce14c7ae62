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
/** Consul's `wait` for watches: the server's longest. */
const NO_INDEX = 0n;

/** Everything the subject is from now on: first as it is, then each time it differs. Survives failures; ends by signal. */
export async function* follow(subject: Subject, options: FollowOptions): AsyncGenerator<Change> {
  let index: bigint | undefined;
  let shown: string | undefined;
  let failures = 0;
  while (!options.signal.aborted) {
    const reading = await read(subject, index, options).catch((error: unknown) => reasonOf(error));
    if (options.signal.aborted) return;
    if (typeof reading === 'string') {
      const retryMs = Math.min(RETRY_MS * (++failures) ** 2, RETRY_MAX_MS);
      options.onError(reading, retryMs);
      await sleep(options.clock, retryMs, options.signal);
      index = undefined;
      continue;
    }
    failures = 0;
    const previous = index;
    // An index that went backwards means a restored or new cluster: ask afresh (Consul, "blocking queries").
    index = previous !== undefined && reading.index < previous ? NO_INDEX : reading.index;
    const value = subject.shape(reading.value, previous);
    const text = printJson(value);
    if (text === shown) continue;
    shown = text;
    yield { index: reading.index, value };
  }
}

async function read({ request }: Subject, since: bigint | undefined, { client, signal }: FollowOptions) {
  const query = { ...request.query, index: since ? String(since) : undefined };
  const answer = await client.ask({ ...request, query, signal, accepts: [404] });
  const value = answer.status === 404 ? null : parseJson(answer.body.toString());
  return { index: BigInt(String(answer.headers['x-consul-index'] ?? '0')), value };
}
