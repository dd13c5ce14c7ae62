import type { Clock, Timer } from '@tribune/platform';
import type { FeedStream, Topic } from '@tribune/protocol';
import type { Delta } from '@tribune/state-store';
import { Batch, History, historyDefaults, type HistoryLimits, type Revision } from './history';
import { FeedSubscriber } from './feed-subscriber';
import { ALL, TopicRegistry, type TopicSource } from './topic-registry';

/** What the feed needs of the state machine. */
export interface FeedSource extends TopicSource {
  /** The last index that is in the tables. */
  readonly revision: number;
  /** The rows of a topic as they are now (a consistent cut), in encoded chunks; read at any later time. */
  snapshot(topic: Topic): Iterable<Uint8Array>;
}

export interface FeedHubOptions {
  readonly history: HistoryLimits;
  /** A subscriber hears something at least this often, so that it can tell silence from a dead connection. */
  readonly heartbeatMs: number;
}

export const feedHubDefaults: FeedHubOptions = { history: historyDefaults, heartbeatMs: 5_000 };

/** Bytes of a delta in memory, roughly, beside its command: two rows without their values. */
const DELTA_WEIGHT = 600;
/** Subscribers woken in one turn; ten thousand at once would hold the event loop. */
const WAKE_SLICE = 128;

/** Where deltas wait for subscribers: one bounded history, and a position in it per subscription. */
export class FeedHub {
  readonly topics: TopicRegistry<FeedSubscriber>;
  readonly history: History;
  private readonly subscribers = new Set<FeedSubscriber>();
  private readonly awaiting = new Set<FeedSubscriber>();
  private pending: Revision[] = [];
  private pendingWeight = 0;
  private committed: number;
  private heartbeat: Timer | undefined;

  constructor(
    private readonly source: FeedSource,
    private readonly clock: Clock,
    private readonly options: FeedHubOptions = feedHubDefaults,
  ) {
    this.topics = new TopicRegistry(source);
    this.committed = source.revision;
    this.history = new History(this.committed, options.history);
    this.beat();
  }

  /** Everything up to here can be sent. */
  get revision(): number {
    return this.committed;
  }

  get subscriberCount(): number {
    return this.subscribers.size;
  }

  /** One applied command, at the moment when it is in the tables. Nothing leaves before {@link commit}. */
  record(revision: number, deltas: readonly Delta[], commandBytes: number): void {
    if (deltas.length === 0) return;
    this.pending.push({ revision, deltas, selected: this.topics.select(revision, deltas) });
    this.pendingWeight += commandBytes;
    for (const delta of deltas) this.pendingWeight += weightOf(delta);
  }

  /** The end of a run of applied entries: everything up to `revision` goes out as one batch. */
  commit(revision: number): void {
    if (revision <= this.committed) return;
    const { pending } = this;
    if (pending.length > 0) this.history.push(new Batch(this.committed, revision, pending, this.pendingWeight));
    this.pending = [];
    this.pendingWeight = 0;
    this.committed = revision;
    this.wake(this.concerned(pending));
  }

  /** The state was replaced by a snapshot: every subscriber gets one too. */
  reset(revision: number): void {
    this.pending = [];
    this.pendingWeight = 0;
    this.committed = revision;
    this.history.reset(revision);
    this.topics.reset(revision);
    for (const subscriber of this.subscribers) subscriber.restart();
    this.wake(this.subscribers);
  }

  /** A cut for a new subscription, and the revision it stands for. */
  cut(topic: Topic): { readonly revision: number; readonly chunks: Iterable<Uint8Array> } {
    this.commit(this.source.revision);
    return { revision: this.committed, chunks: this.source.snapshot(topic) };
  }

  /** This subscriber wants to hear of progress even if no batch concerns it. */
  await(subscriber: FeedSubscriber): void {
    this.awaiting.add(subscriber);
  }

  open(signal: AbortSignal): FeedStream {
    const onAbort = (): void => subscriber.close();
    const subscriber: FeedSubscriber = new FeedSubscriber(this, () => {
      signal.removeEventListener('abort', onAbort);
      this.subscribers.delete(subscriber);
      this.awaiting.delete(subscriber);
    });
    this.subscribers.add(subscriber);
    this.history.isHeard = true;
    if (signal.aborted) subscriber.close();
    else signal.addEventListener('abort', onAbort);
    return subscriber;
  }

  /** Ends all subscriptions. */
  close(): void {
    this.heartbeat?.cancel();
    for (const subscriber of [...this.subscribers]) subscriber.fail();
  }

  private beat(): void {
    this.heartbeat = this.clock.setTimer(this.options.heartbeatMs, () => {
      // Not when the last one leaves: it may be back in a moment.
      this.history.isHeard = this.subscribers.size > 0;
      for (const subscriber of this.subscribers) subscriber.expectHeartbeat();
      this.wake(this.subscribers);
      this.beat();
    });
  }

  private concerned(batch: readonly Revision[]): Set<FeedSubscriber> {
    const concerned = new Set(this.topics.subscribersOf(ALL));
    for (const { selected } of batch) {
      for (const key of selected?.keys() ?? []) {
        for (const subscriber of this.topics.subscribersOf(key)) concerned.add(subscriber);
      }
    }
    for (const subscriber of this.awaiting) {
      if (!subscriber.hasReachedAwaited()) continue;
      this.awaiting.delete(subscriber);
      concerned.add(subscriber);
    }
    return concerned;
  }

  private wake(concerned: ReadonlySet<FeedSubscriber>): void {
    if (concerned.size <= WAKE_SLICE) for (const subscriber of concerned) subscriber.wake();
    else this.wakeInSlices([...concerned], 0);
  }

  private wakeInSlices(concerned: readonly FeedSubscriber[], from: number): void {
    for (const subscriber of concerned.slice(from, from + WAKE_SLICE)) subscriber.wake();
    if (from + WAKE_SLICE < concerned.length) setImmediate(() => this.wakeInSlices(concerned, from + WAKE_SLICE));
  }
}

/** A delta keeps the values of the old row and the new one alive. */
function weightOf(delta: Delta): number {
  if (delta.table !== 'kv') return DELTA_WEIGHT;
  const before = delta.op === 'put' ? delta.before : undefined;
  return DELTA_WEIGHT + delta.row.value.length + (before?.value.length ?? 0);
}
