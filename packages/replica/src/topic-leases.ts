import { CodedError, type Clock } from '@tribune/platform';
import type { Topic } from '@tribune/protocol';
import { topicKey, type WatchKey } from '@tribune/state-store';
import { covers } from './topic-cover';

export class ReplicaError extends CodedError<
  { code: 'REPLICA_TOO_MANY_TOPICS'; topicsMax: number } | { code: 'REPLICA_UNREACHABLE' } | { code: 'REPLICA_STOPPED' }
> {}

/** One topic that somebody reads. */
export interface Lease {
  readonly id: number;
  readonly topic: Topic;
  usedMs: number;
  /** Requests parked on its rows: it stays while there are any. */
  pins: number;
}

/** The topics of a partial view: taken on first use, let go when nobody has used them for a while. */
export class TopicLeases {
  /** In order of last use: the first one is the candidate to go. */
  private readonly byKey = new Map<string, Lease>();
  private nextId = 1;

  constructor(
    private readonly limits: { readonly topicsMax: number; readonly idleMs: number },
    private readonly clock: Clock,
    private readonly events: { taken(lease: Lease): void; dropped(lease: Lease): void },
  ) {}

  get size(): number {
    return this.byKey.size;
  }

  all(): readonly Lease[] {
    return [...this.byKey.values()];
  }

  /** Marks the topic as used now, subscribing to it when it is new. */
  use(topic: Topic): Lease {
    const key = topicKey(topic);
    let lease = this.byKey.get(key);
    if (lease) {
      this.byKey.delete(key);
      this.byKey.set(key, lease);
      lease.usedMs = this.clock.monotonicMs();
      return lease;
    }
    this.makeRoom();
    lease = { id: this.nextId++, topic, usedMs: this.clock.monotonicMs(), pins: 0 };
    this.byKey.set(key, lease);
    this.events.taken(lease);
    return lease;
  }

  /** Holds the topics that these keys belong to until the returned function is called. */
  pin(keys: readonly WatchKey[]): () => void {
    const pinned = this.all().filter(({ topic }) => keys.some((key) => covers(topic, key)));
    for (const lease of pinned) lease.pins++;
    return () => {
      for (const lease of pinned.splice(0)) {
        lease.pins--;
        lease.usedMs = this.clock.monotonicMs();
      }
    };
  }

  dropIdle(): void {
    const beforeMs = this.clock.monotonicMs() - this.limits.idleMs;
    for (const lease of this.all()) if (lease.pins === 0 && lease.usedMs <= beforeMs) this.drop(lease);
  }

  private makeRoom(): void {
    const { topicsMax } = this.limits;
    if (this.byKey.size < topicsMax) return;
    const oldest = this.all().find(({ pins }) => pins === 0);
    if (oldest) return this.drop(oldest);
    const message = `this agent follows ${topicsMax} services and prefixes already, all of them in use`;
    throw new ReplicaError({ code: 'REPLICA_TOO_MANY_TOPICS', topicsMax }, message);
  }

  private drop(lease: Lease): void {
    this.byKey.delete(topicKey(lease.topic));
    this.events.dropped(lease);
  }
}
