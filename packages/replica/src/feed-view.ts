import type { Clock, Logger, Metrics, Random, Readiness, Startable, Timer } from '@tribune/platform';
import type { FeedEvent, FeedRequest, StateApi, Topic } from '@tribune/protocol';
import { Replica, type Delta, type ReadTables, type View, type WatchKey } from '@tribune/state-store';
import { FeedReader } from './feed-reader';
import { replicaMetrics, type ReplicaMetrics } from './metrics';
import { ReplicaError, TopicLeases, type Lease } from './topic-leases';

export interface ReplicaOptions {
  /** `all`: everything, always (servers and dedicated front ends). `on-demand`: what is read (client agents). */
  readonly topics: 'all' | 'on-demand';
  /** An unused topic is let go after this time. @default 60000 */
  readonly idleMs?: number;
  /** Topics followed at the same time; over it the least recently used one goes. @default 1024 */
  readonly topicsMax?: number;
  /** How long a first read of a topic waits for its rows. @default 10000 */
  readonly requireTimeoutMs?: number;
}

export interface ReplicaCollaborators {
  readonly state: Pick<StateApi, 'feed'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** A view kept by the Feed. It keeps what it has while no server can be reached. */
export interface FeedView extends View, Startable {
  readiness(): Readiness;
  /** Resolves when the first rows are here (partial views: when the feed is open). */
  whenReady(): Promise<void>;
}

export function createReplica(options: ReplicaOptions, collaborators: ReplicaCollaborators): FeedView {
  return options.topics === 'all' ? new FullView(collaborators) : new PartialView(options, collaborators);
}

/** What full and partial views share: a replica, fed. */
abstract class BaseView implements FeedView {
  protected readonly reader: FeedReader;
  protected readonly metrics: ReplicaMetrics;
  private connected = false;
  private isReady = false;
  private readyWaiters: (() => void)[] = [];

  constructor(
    protected readonly replica: Replica,
    protected readonly collaborators: ReplicaCollaborators,
  ) {
    this.metrics = replicaMetrics(collaborators.metrics);
    this.reader = new FeedReader(collaborators, {
      opened: () => {
        this.metrics.connections.inc();
        return this.requests();
      },
      received: (event) => this.receive(event),
      lost: () => this.lose(),
    });
  }

  get tables(): ReadTables {
    return this.replica.view.tables;
  }

  get revision(): number {
    return this.replica.revision;
  }

  abstract require(topics: readonly Topic[]): Promise<void> | undefined;

  atLeast(revision: number): Promise<void> | undefined {
    return this.replica.view.atLeast(revision);
  }

  park(keys: readonly WatchKey[], wake: () => void): () => void {
    return this.replica.view.park(keys, wake);
  }

  follow(listener: (revision: number, deltas: readonly Delta[]) => void): () => void {
    return this.replica.view.follow(listener);
  }

  async start(): Promise<void> {
    this.reader.start();
  }

  async stop(): Promise<void> {
    await this.reader.stop();
  }

  readiness(): Readiness {
    if (!this.isReady) return { ready: false, reason: 'the view is still empty' };
    return this.connected
      ? { ready: true }
      : { ready: false, reason: 'no server can be reached; answers may be stale' };
  }

  whenReady(): Promise<void> {
    return this.isReady ? Promise.resolve() : new Promise((resolve) => this.readyWaiters.push(resolve));
  }

  /** What to ask for on a new stream. */
  protected abstract requests(): readonly FeedRequest[];

  protected abstract isFilled(): boolean;

  protected receive(event: FeedEvent): void {
    this.replica.receive(event);
    if (event.kind === 'snapshot' && event.first) this.metrics.snapshots.inc();
    if (!this.connected) this.metrics.connected.set(1);
    this.connected = true;
    if (event.kind === 'progress') this.progress();
  }

  protected lose(): void {
    this.connected = false;
    this.metrics.connected.set(0);
    this.replica.abandonPending();
  }

  private progress(): void {
    this.metrics.revision.set(this.revision);
    if (this.isReady || !this.isFilled()) return;
    this.isReady = true;
    for (const resolve of this.readyWaiters.splice(0)) resolve();
  }
}

const ALL_ID = 1;

class FullView extends BaseView {
  constructor(collaborators: ReplicaCollaborators) {
    super(new Replica('full'), collaborators);
    this.replica.subscribe(ALL_ID, { kind: 'all' });
  }

  override require(_topics: readonly Topic[]): undefined {
    return undefined;
  }

  protected override requests(): readonly FeedRequest[] {
    return [{ kind: 'subscribe', id: ALL_ID, topic: { kind: 'all' }, fromRevision: this.replica.resumeFrom(ALL_ID) }];
  }

  protected override isFilled(): boolean {
    return this.replica.isReady(ALL_ID);
  }
}

interface RequireWaiter {
  readonly ids: readonly number[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly timer: Timer;
}

class PartialView extends BaseView {
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
