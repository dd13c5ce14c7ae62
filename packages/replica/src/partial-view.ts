import type { Timer } from '@tribune/platform';
import type { FeedEvent, FeedRequest, Topic } from '@tribune/protocol';
import { Replica, type WatchKey } from '@tribune/state-store';
import { BaseView } from './base-view';
import type { ReplicaCollaborators, ReplicaOptions } from './feed-view';
import { ReplicaError, TopicLeases, type Lease } from './topic-leases';

interface RequireWaiter {
  readonly ids: readonly number[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly timer: Timer;
}

/** The topics that somebody reads, and nothing else. */
export class PartialView extends BaseView {
  private readonly leases: TopicLeases;
  private readonly waiters = new Set<RequireWaiter>();
  private readonly requireTimeoutMs: number;
  private readonly idleMs: number;
  private awaited = 0;
  private sweep: Timer | undefined;

  constructor(options: ReplicaOptions, collaborators: ReplicaCollaborators) {
    super(new Replica('partial'), collaborators);
    const { idleMs = 60_000, topicsMax = 1024, requireTimeoutMs = 10_000 } = options;
    this.idleMs = idleMs;
    this.requireTimeoutMs = requireTimeoutMs;
    this.leases = new TopicLeases({ topicsMax, idleMs }, collaborators.clock, {
      taken: (lease) => this.take(lease),
      dropped: (lease) => this.drop(lease),
    });
  }

  override require(topics: readonly Topic[]): Promise<void> | undefined {
    const ids = topics.map((topic) => this.leases.use(topic).id);
    return this.areReady(ids) ? undefined : this.untilReady(ids);
  }

  /** Servers do not tell a partial view of every batch: it asks when a reader waits for one. */
  override atLeast(revision: number): Promise<void> | undefined {
    const reached = super.atLeast(revision);
    if (reached && revision > this.awaited) {
      this.awaited = revision;
      this.reader.send({ kind: 'await', revision });
    }
    return reached;
  }

  override park(keys: readonly WatchKey[], wake: () => void): () => void {
    const unpin = this.leases.pin(keys);
    const cancel = super.park(keys, () => {
      unpin();
      wake();
    });
    return () => {
      unpin();
      cancel();
    };
  }

  override async start(): Promise<void> {
    await super.start();
    this.sweep ??= this.scheduleSweep();
  }

  override async stop(): Promise<void> {
    this.sweep?.cancel();
    await super.stop();
    const error = new ReplicaError({ code: 'REPLICA_STOPPED' }, 'the view is stopped');
    for (const waiter of this.waiters) this.finish(waiter, error);
  }

  protected override requests(): readonly FeedRequest[] {
    const subscriptions = this.leases.all().map((lease) => this.subscription(lease));
    return [...subscriptions, { kind: 'await', revision: this.awaited }];
  }

  protected override isFilled(): boolean {
    return true;
  }

  protected override receive(event: FeedEvent): void {
    super.receive(event);
    if (event.kind !== 'progress') return;
    for (const waiter of this.waiters) if (this.areReady(waiter.ids)) this.finish(waiter);
  }

  private subscription({ id, topic }: Lease): FeedRequest {
    return { kind: 'subscribe', id, topic, fromRevision: this.replica.resumeFrom(id) };
  }

  private take(lease: Lease): void {
    this.replica.subscribe(lease.id, lease.topic);
    this.reader.send(this.subscription(lease));
    this.metrics.topics.set(this.leases.size);
  }

  private drop({ id }: Lease): void {
    this.replica.unsubscribe(id);
    this.reader.send({ kind: 'unsubscribe', id });
    this.metrics.topics.set(this.leases.size);
  }

  private areReady(ids: readonly number[]): boolean {
    return ids.every((id) => this.replica.isReady(id));
  }

  private untilReady(ids: readonly number[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.collaborators.clock.setTimer(this.requireTimeoutMs, () =>
        this.finish(waiter, new ReplicaError({ code: 'REPLICA_UNREACHABLE' }, 'no server answered in time')),
      );
      const waiter: RequireWaiter = { ids, resolve, reject, timer };
      this.waiters.add(waiter);
    });
  }

  private finish(waiter: RequireWaiter, error?: Error): void {
    if (!this.waiters.delete(waiter)) return;
    waiter.timer.cancel();
    if (error) waiter.reject(error);
    else waiter.resolve();
  }

  private scheduleSweep(): Timer {
    return this.collaborators.clock.setTimer(this.idleMs / 4, () => {
      this.leases.dropIdle();
      this.sweep = this.scheduleSweep();
    });
  }
}
