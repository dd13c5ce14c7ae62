import type { Readiness } from '@tribune/platform';
import type { FeedEvent, FeedRequest, Topic } from '@tribune/protocol';
import type { Delta, ReadTables, Replica, TableName, WatchKey } from '@tribune/state-store';
import { FeedReader } from './feed-reader';
import type { FeedView, ReplicaCollaborators } from './feed-view';
import { replicaMetrics, type ReplicaMetrics } from './metrics';

/** What full and partial views share: a replica, fed. */
export abstract class BaseView implements FeedView {
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

  follow(listener: (revision: number, deltas: readonly Delta[]) => void, tables?: readonly TableName[]): () => void {
    return this.replica.view.follow(listener, tables);
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
