import { sleep, type Clock } from '@tribune/platform';
import { HttpFailure } from '../../http/failure';
import { escapePath, type HttpClient } from '../../http/http-client';
import { printJson } from '../../json/exact-json';

/** Consul's: long enough for a leader election, short enough for a crashed holder. */
const TTL_MS = 15_000;
const RENEW_RETRY_MS = 1_000;
const NOT_FOUND = 404;

/** The session that holds a lock; kept alive until `end`. */
export class LockSession {
  private readonly stopped = new AbortController();

  private constructor(
    readonly id: string,
    private readonly client: HttpClient,
    private readonly clock: Clock,
  ) {}

  static async create(client: HttpClient, clock: Clock, name: string, behavior: 'release' | 'delete') {
    const body = printJson({ Name: name, TTL: `${TTL_MS / 1000}s`, Behavior: behavior });
    const { ID } = await client.json<{ readonly ID: string }>({ method: 'PUT', path: '/v1/session/create', body });
    const session = new LockSession(ID, client, clock);
    void session.keepAlive();
    return session;
  }

  /** Stops the renewal and gives the session up; a session that is gone already is fine. */
  async end(): Promise<void> {
    this.stopped.abort();
    await this.client.ask({ method: 'PUT', path: `/v1/session/destroy/${escapePath(this.id)}` }).catch(() => {});
  }

  /** Gives up when the session is gone: whoever holds the lock notices that by reading the lock. */
  private async keepAlive(): Promise<void> {
    const { signal } = this.stopped;
    let waitMs = TTL_MS / 2;
    for (;;) {
      await sleep(this.clock, waitMs, signal);
      if (signal.aborted) return;
      try {
        await this.client.ask({ method: 'PUT', path: `/v1/session/renew/${escapePath(this.id)}`, signal });
        waitMs = TTL_MS / 2;
      } catch (error) {
        if (error instanceof HttpFailure && error.status === NOT_FOUND) return;
        waitMs = RENEW_RETRY_MS;
      }
    }
  }
}
