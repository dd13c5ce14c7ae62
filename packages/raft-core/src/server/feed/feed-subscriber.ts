import { CodedError } from '@tribune/platform';
import type { FeedEvent, FeedRequest, FeedStream, Topic } from '@tribune/protocol';
import { encodeDeltas, topicKey } from '@tribune/state-store';
import type { Batch, History } from './history';
import { ALL, type TopicRegistry } from './topic-registry';

export class FeedError extends CodedError<{ code: 'FEED_ENDED' } | { code: 'FEED_TOO_MANY_REQUESTS' }> {}

/** What subscribers share. */
export interface SharedFeed {
  /** Everything up to here can be sent. */
  readonly revision: number;
  readonly history: History;
  readonly topics: TopicRegistry<FeedSubscriber>;
  /** A cut for a new subscription, and the revision it stands for. */
  cut(topic: Topic): { readonly revision: number; readonly chunks: Iterable<Uint8Array> };
  /** This subscriber wants to hear of progress even if no batch concerns it. */
  await(subscriber: FeedSubscriber): void;
}

interface Subscription {
  readonly id: number;
  readonly topic: Topic;
  readonly key: string;
  /** Everything of the topic up to here has been sent. */
  position: number;
  /** It gets a snapshot as soon as this server knows as much as the subscriber does. */
  owesSnapshot: boolean;
}

/**
 * A subscriber may know more than this server, which then lags and will catch up. One that still knows more after this
 * many heartbeats has its rows from a server that was replaced by an empty one: it starts over.
 */
const BEATS_AHEAD_MAX = 3;
/** A snapshot that fits into this needs no turn of the event loop of its own. */
const SMALL_CHUNK_BYTES = 16 << 10;
/** Requests that wait while the subscriber does not read its events. */
const REQUESTS_MAX = 4_096;

/**
 * One Feed stream: a position in the history per subscription, and nothing that grows. Events are made when the
 * consumer asks for the next one, so a slow consumer costs no memory; one that falls out of the history starts over
 * with a snapshot.
 */
export class FeedSubscriber implements FeedStream {
  private readonly subscriptions = new Map<number, Subscription>();
  private readonly requests: FeedRequest[] = [];
  private awaited = 0;
  /** Before its first request a subscriber has told nothing, so progress would mean more than was sent. */
  private isIntroduced = false;
  private progressDue = false;
  private restartDue = false;
  private beatsAhead = 0;
  private ended: 'closed' | 'failed' | undefined;
  private resume: (() => void) | undefined;

  constructor(
    private readonly hub: SharedFeed,
    private readonly onEnd: () => void,
  ) {}

  send(request: FeedRequest): void {
    if (this.requests.length >= REQUESTS_MAX) {
      this.fail();
      throw new FeedError({ code: 'FEED_TOO_MANY_REQUESTS' }, 'too many requests on a feed whose events are not read');
    }
    this.requests.push(request);
    this.wake();
  }

  close(): void {
    this.end('closed');
  }

  /** The server goes away: the consumer's iterator throws. */
  fail(): void {
    this.end('failed');
  }

  /** Say something at the next occasion, if only how far everything is. */
  expectHeartbeat(): void {
    this.progressDue = true;
    this.beatsAhead = this.isAhead() ? this.beatsAhead + 1 : 0;
    if (this.beatsAhead >= BEATS_AHEAD_MAX) this.restart();
  }

  /** The state was replaced: positions mean nothing any more. */
  restart(): void {
    this.restartDue = true;
  }

  hasReachedAwaited(): boolean {
    if (this.hub.revision < this.awaited) return false;
    return (this.progressDue = true);
  }

  wake(): void {
    this.resume?.();
    this.resume = undefined;
  }

  [Symbol.asyncIterator](): AsyncIterator<FeedEvent> {
    return this.events();
  }

  private async *events(): AsyncGenerator<FeedEvent, undefined> {
    try {
      while (!this.ended) {
        const request = this.requests.shift();
        if (request) yield* this.handle(request);
        else if (this.hasNews()) yield* this.catchUp();
        else await new Promise<void>((resolve) => (this.resume = resolve));
      }
    } finally {
      this.end('closed');
    }
    if (this.ended === 'failed') throw new FeedError({ code: 'FEED_ENDED' }, 'the server ended the feed');
    return undefined;
  }

  private async *handle(request: FeedRequest): AsyncGenerator<FeedEvent> {
    this.isIntroduced = true;
    if (request.kind === 'await') return this.await(request.revision);
    this.drop(request.id);
    if (request.kind === 'subscribe') yield* this.subscribe(request);
  }

  private async *subscribe({
    id,
    topic,
    fromRevision,
  }: FeedRequest & { kind: 'subscribe' }): AsyncGenerator<FeedEvent> {
    const key = topicKey(topic);
    // Only `all` can be continued: what belonged to another topic was not kept while nobody subscribed to it.
    const continues = key === ALL && fromRevision > 0 && this.hub.history.reaches(fromRevision);
    const subscription: Subscription = { id, topic, key, position: fromRevision, owesSnapshot: !continues };
    this.hub.topics.use(topic, this);
    this.subscriptions.set(id, subscription);
    this.progressDue = true;
    if (fromRevision > this.hub.revision) this.await(fromRevision);
    else if (!continues) yield* this.sendSnapshot(subscription);
  }

  private await(revision: number): void {
    this.awaited = Math.max(this.awaited, revision);
    if (!this.hasReachedAwaited()) this.hub.await(this);
  }

  private hasNews(): boolean {
    if (this.restartDue || (this.progressDue && this.isIntroduced)) return true;
    for (const subscription of this.subscriptions.values()) if (this.isBehind(subscription)) return true;
    return false;
  }

  private isBehind(subscription: Subscription): boolean {
    return this.nextRevision(subscription) <= this.hub.revision;
  }

  /** Nothing has to be sent before this revision; Infinity when nothing is known that has. */
  private nextRevision({ key, position }: Subscription): number {
    return key === ALL ? position + 1 : (this.hub.topics.nextChange(key, position) ?? Infinity);
  }

  /** Brings every subscription to the revision that is current now, in the order of revisions, and says so. */
  private async *catchUp(): AsyncGenerator<FeedEvent> {
    this.progressDue = false;
    const stale = this.restartDue ? [...this.subscriptions.values()] : [...this.owed(), ...this.outOfReach()];
    this.restartDue = false;
    for (const subscription of stale) yield* this.sendSnapshot(subscription);

    const target = this.hub.revision;
    while (!this.ended && !this.restartDue) {
      const next = Math.min(...[...this.subscriptions.values()].map((each) => this.nextRevision(each)));
      if (next > target) break;
      // A consumer this slow lost its place while we waited for it: the next round sends snapshots.
      if (this.outOfReach().length > 0) return;
      const batch = this.hub.history.next(next - 1);
      if (!batch || batch.last > target) break;
      yield* this.sendBatch(batch);
    }
    if (this.ended || this.restartDue || this.isAhead()) return;
    for (const each of this.subscriptions.values()) each.position = target;
    yield { kind: 'progress', revision: target };
  }

  private *sendBatch(batch: Batch): Generator<FeedEvent> {
    for (const subscription of this.subscriptions.values()) {
      const { id, key, position } = subscription;
      if (position >= batch.last) continue;
      const rows = this.nextRevision(subscription) <= batch.last ? batch.rows(key, position) : undefined;
      subscription.position = batch.last;
      if (rows) yield { kind: 'deltas', id, revision: batch.last, rows };
    }
  }

  /** Progress below what a subscriber has would take it back. */
  private isAhead(): boolean {
    return [...this.subscriptions.values()].some(({ position }) => position > this.hub.revision);
  }

  private owed(): Subscription[] {
    return [...this.subscriptions.values()].filter(
      ({ owesSnapshot, position }) => owesSnapshot && position <= this.hub.revision,
    );
  }

  private outOfReach(): Subscription[] {
    const { history } = this.hub;
    return [...this.subscriptions.values()].filter(
      (each) => !each.owesSnapshot && this.isBehind(each) && !history.reaches(this.nextRevision(each) - 1),
    );
  }

  /** In chunks, each in a turn of its own, so that a large state does not hold the event loop. */
  private async *sendSnapshot(subscription: Subscription): AsyncGenerator<FeedEvent> {
    const { id, topic } = subscription;
    const { revision, chunks } = this.hub.cut(topic);
    subscription.position = revision;
    subscription.owesSnapshot = false;
    const iterator = chunks[Symbol.iterator]();
    let chunk = iterator.next();
    for (let first = true; !this.ended && (first || !chunk.done); first = false) {
      const rows: Uint8Array = chunk.done ? encodeDeltas([]) : chunk.value;
      if (!chunk.done) {
        // Chunks are full except the last: after a small first one the next step costs nothing.
        if (!first || rows.length > SMALL_CHUNK_BYTES) await new Promise(setImmediate);
        chunk = iterator.next();
      }
      yield { kind: 'snapshot', id, revision, rows, first, last: chunk.done === true };
    }
  }

  private drop(id: number): void {
    const subscription = this.subscriptions.get(id);
    if (!subscription) return;
    this.subscriptions.delete(id);
    this.hub.topics.release(subscription.topic, this);
  }

  private end(how: 'closed' | 'failed'): void {
    if (!this.ended) this.onEnd();
    this.ended ??= how;
    for (const id of [...this.subscriptions.keys()]) this.drop(id);
    this.wake();
  }
}
