import type { TimerQueue } from '../core/timer-queue';
import type { QueryMessage, QueryResponse } from './serf-messages';

/** Different queries of one Lamport time; an honest pool has a handful at most. */
const QUERIES_PER_TIME_MAX = 256;

/** Whoever asked. */
export interface QueryListener {
  acked?(from: string): void;
  responded?(from: string, payload: Uint8Array): void;
  closed(): void;
}

interface OpenQuery {
  readonly id: number;
  readonly listener: QueryListener;
  readonly acks: Set<string>;
  readonly responses: Set<string>;
}

/** Which queries were seen (to answer and pass on each once), and which of ours still wait for answers. */
export class QueryLedger {
  private readonly seen = new Map<number, { ltime: number; ids: Set<number> }>();
  private readonly open = new Map<number, OpenQuery>();

  constructor(
    private readonly size: number,
    private readonly timers: TimerQueue,
  ) {}

  get openCount(): number {
    return this.open.size;
  }

  /** True when the query is new. `clock` is the query clock after witnessing it. */
  admit({ ltime, id }: QueryMessage, clock: number): boolean {
    if (clock > this.size && ltime < clock - this.size) return false;
    const place = ltime % this.size;
    const slot = this.seen.get(place);
    if (slot?.ltime !== ltime) {
      this.seen.set(place, { ltime, ids: new Set([id]) });
      return true;
    }
    if (slot.ids.has(id) || slot.ids.size >= QUERIES_PER_TIME_MAX) return false;
    slot.ids.add(id);
    return true;
  }

  /** One query per Lamport time, because each increments the clock. */
  ask({ ltime, id }: QueryMessage, deadlineMs: number, listener: QueryListener): void {
    this.open.set(ltime, { id, listener, acks: new Set(), responses: new Set() });
    this.timers.schedule(`query:${ltime}`, deadlineMs, () => this.close(ltime));
  }

  /** Relayed copies and answers to closed queries are dropped. */
  answered({ ltime, id, from, isAck, payload }: QueryResponse): void {
    const query = this.open.get(ltime);
    const heard = isAck ? query?.acks : query?.responses;
    if (query?.id !== id || !heard || heard.has(from)) return;
    heard.add(from);
    if (isAck) query.listener.acked?.(from);
    else query.listener.responded?.(from, payload);
  }

  close(ltime: number): void {
    const query = this.open.get(ltime);
    if (!query) return;
    this.open.delete(ltime);
    this.timers.cancel(`query:${ltime}`);
    query.listener.closed();
  }
}
