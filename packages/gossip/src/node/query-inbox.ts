import type { Clock } from '@tribune/platform';
import type { AnswerOutcome, Pool, QueryEvent, ReceivedQuery } from '@tribune/protocol';
import type { QueryMessage } from '../serf/serf-messages';
import { WatchHub } from './watch-hub';

/** Queries that wait for an answer at once; the oldest gives way, as if nobody here had an answer. */
const OPEN_MAX = 1024;

/** Why the answer was not sent. */
export type Responder = (query: QueryMessage, payload: Uint8Array) => string | undefined;

interface OpenQuery {
  readonly query: QueryMessage;
  readonly deadlineMs: number;
  readonly respond: Responder;
}

/** The queries that others ask this member, until somebody here has answered them or their time is over. */
export class QueryInbox {
  private readonly hub = new WatchHub<QueryEvent>();
  private readonly open = new Map<string, OpenQuery>();
  private lastId = 0;

  constructor(private readonly clock: Clock) {}

  receive(pool: Pool, query: QueryMessage, respond: Responder): void {
    // Nobody to answer: it must not cost memory.
    if (this.hub.watcherCount === 0) return;
    this.forgetOld();
    const id = String(++this.lastId);
    const { name, payload, ltime, timeoutMs, source } = query;
    this.open.set(id, { query, deadlineMs: this.clock.monotonicMs() + timeoutMs, respond });
    const received: ReceivedQuery = { id, pool, name, payload, from: source.name, ltime, timeoutMs };
    this.hub.publish({ kind: 'query', query: received });
  }

  async *watch(names: readonly string[], signal: AbortSignal): AsyncGenerator<QueryEvent> {
    const isWanted = (event: QueryEvent): boolean =>
      event.kind === 'listening' || names.length === 0 || names.includes(event.query.name);
    for await (const event of this.hub.watch(() => [{ kind: 'listening' }], signal)) if (isWanted(event)) yield event;
  }

  /** In serf's words. */
  answer(id: string, payload: Uint8Array): AnswerOutcome {
    const asked = this.open.get(id);
    if (!asked) return { ok: false, reason: 'response already sent, or the query is over' };
    if (this.clock.monotonicMs() > asked.deadlineMs) {
      this.open.delete(id);
      return { ok: false, reason: 'response is past the deadline' };
    }
    const problem = asked.respond(asked.query, payload);
    if (problem !== undefined) return { ok: false, reason: problem };
    this.open.delete(id);
    return { ok: true };
  }

  close(): void {
    this.hub.close();
    this.open.clear();
  }

  private forgetOld(): void {
    const nowMs = this.clock.monotonicMs();
    for (const [id, { deadlineMs }] of this.open) if (nowMs > deadlineMs) this.open.delete(id);
    if (this.open.size < OPEN_MAX) return;
    const [oldest] = this.open.keys();
    this.open.delete(oldest!);
  }
}
