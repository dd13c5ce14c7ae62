import { sleep, type Clock } from '@tribune/platform';
import { HttpFailure } from '../../http/failure';
import { escapePath, type HttpClient, type Query } from '../../http/http-client';
import { parseJson } from '../../json/exact-json';
import type { KvPair } from '../kv/key';

export interface Snapshot {
  readonly pairs: readonly KvPair[];
  readonly index: string;
}

interface ReadOptions {
  readonly recurse?: boolean;
  readonly consistent?: boolean;
  readonly index?: string;
  readonly waitMs?: number;
  readonly signal: AbortSignal;
}

const MONITOR_RETRY_MS = 1_000;

/** The requests that locks and semaphores are made of. */
export class LockStore {
  constructor(
    private readonly client: HttpClient,
    readonly clock: Clock,
  ) {}

  async read(key: string, { recurse, consistent, index, waitMs, signal }: ReadOptions): Promise<Snapshot> {
    const query: Query = {
      recurse: recurse ? '' : undefined,
      consistent: consistent ? '' : undefined,
      index,
      wait: waitMs === undefined ? undefined : `${Math.max(1, Math.round(waitMs))}ms`,
    };
    const { status, headers, body } = await this.client.ask({ path: pathOf(key), query, signal, accepts: [404] });
    const pairs = status === 404 ? [] : (parseJson(body.toString()) as unknown as readonly KvPair[]);
    return { pairs, index: String(headers['x-consul-index'] ?? '0') };
  }

  put(key: string, query: Query, body = ''): Promise<boolean> {
    return this.client.json<boolean>({ method: 'PUT', path: pathOf(key), query, body });
  }

  delete(key: string, query: Query = {}): Promise<boolean> {
    return this.client.json<boolean>({ method: 'DELETE', path: pathOf(key), query });
  }

  /**
   * Resolves when `isHeld` is false for the key, or when reading it failed `retries` times in a row: then nobody can
   * say that the lock is still ours.
   */
  async untilLost(
    key: string,
    isHeld: (pairs: readonly KvPair[]) => boolean,
    { recurse, retries, signal }: { readonly recurse: boolean; readonly retries: number; readonly signal: AbortSignal },
  ): Promise<void> {
    let index: string | undefined;
    let left = retries;
    while (!signal.aborted) {
      try {
        const seen = await this.read(key, { recurse, consistent: true, index, signal });
        if (!isHeld(seen.pairs)) return;
        index = seen.index;
        left = retries;
      } catch (error) {
        const mayPass = error instanceof HttpFailure && error.isTransient;
        if (!mayPass || left-- <= 0) return;
        index = undefined;
        await sleep(this.clock, MONITOR_RETRY_MS, signal);
      }
    }
  }
}

const pathOf = (key: string): string => `/v1/kv/${escapePath(key)}`;
