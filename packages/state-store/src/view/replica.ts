import { assert } from '@tribune/platform';
import type { FeedEvent, Topic } from '@tribune/protocol';
import { decodeDeltas } from '../encoding/delta-codec';
import { putRow } from '../snapshot/restore';
import { Tables } from '../tables/tables';
import { Coverage, erase, store } from './coverage';
import type { Delta } from './delta';
import { LiveView } from './live-view';

type SnapshotEvent = Extract<FeedEvent, { readonly kind: 'snapshot' }>;

/** One topic that the replica follows. */
interface Subscription {
  readonly topic: Topic;
  /** `waiting` for a snapshot, `filling` with its chunks, `filled` and not yet shown, or `live`. */
  stage: 'waiting' | 'filling' | 'filled' | 'live';
  /** Its rows are in the tables, as of the view's revision at least: also while a new stream fills it again. */
  isShown: boolean;
  /** What came since the last progress: the snapshot's rows first where there is one. */
  pending: Delta[];
  /** A full replica's snapshot grows here, chunk by chunk, beside the tables in use. */
  staging: Tables;
  /** Ids of the rows that this subscription covers (partial replicas). */
  held: Set<string>;
}

/**
 * Tables that follow the tables of a state machine elsewhere: all of them, or what some topics need. Fed with the events
 * of a Feed stream; everything that came since the last `progress` becomes visible with the next one, at once, so readers see whole
 * revisions and never go back.
 *
 * A stream that is opened again may end at another server, which knows less. So nothing of it is shown before every topic
 * that was shown has been filled again, and nothing of a revision below the one that was shown. (Only when the server
 * insists, with a snapshot from further back, has the state been replaced: then the view goes back too.)
 */
export class Replica {
  readonly view: LiveView;
  private tables = new Tables();
  private readonly coverage: Coverage;
  private readonly subscriptions = new Map<number, Subscription>();
  /** The server sent a snapshot from before the view's revision. */
  private goesBack = false;

  /** @param scope `full` follows the one topic `all`; `partial` any number of others */
  constructor(private readonly scope: 'full' | 'partial') {
    this.view = new LiveView(this.tables);
    this.coverage = new Coverage(this.tables);
  }

  get revision(): number {
    return this.view.revision;
  }

  subscribe(id: number, topic: Topic): void {
    assert((topic.kind === 'all') === (this.scope === 'full'), 'a full replica follows all, a partial one topics');
    assert(!this.subscriptions.has(id), 'a subscription id is used once');
    this.subscriptions.set(id, {
      topic,
      stage: 'waiting',
      isShown: false,
      pending: [],
      staging: this.tables,
      held: new Set(),
    });
  }

  /** Forgets a topic and the rows that no other topic needs. Events for it that are under way are ignored. */
  unsubscribe(id: number): void {
    const subscription = this.subscriptions.get(id);
    if (!subscription || !this.subscriptions.delete(id)) return;
    const changes: Delta[] = [];
    this.coverage.release(subscription.held, changes);
    this.view.advance(this.revision, changes);
  }

  /** The topic's rows are in the tables, as of `revision`. */
  isReady(id: number): boolean {
    return this.subscriptions.get(id)?.isShown === true;
  }

  /**
   * What to ask for when the stream is opened again: the revision that was shown. Topics get a snapshot, not older than it;
   * 0 stands for any snapshot.
   */
  resumeFrom(id: number): number {
    return this.scope === 'partial' || this.isReady(id) ? this.revision : 0;
  }

  /** The stream broke: what is not visible yet is dropped and will come again. Only `all` can be continued. */
  abandonPending(): void {
    this.goesBack = false;
    for (const subscription of this.subscriptions.values()) {
      subscription.pending = [];
      if (this.scope === 'partial' || subscription.stage !== 'live') subscription.stage = 'waiting';
    }
  }

  receive(event: FeedEvent): void {
    if (event.kind === 'progress') return this.show(event.revision);
    const subscription = this.subscriptions.get(event.id);
    if (!subscription) return;
    if (event.kind === 'snapshot') this.fill(subscription, event);
    else this.take(subscription, decodeDeltas(event.rows));
  }

  private fill(subscription: Subscription, event: SnapshotEvent): void {
    if (event.first) {
      if (event.revision < this.revision) this.goesBack = true;
      subscription.stage = 'filling';
      subscription.pending = [];
      if (this.scope === 'full') subscription.staging = new Tables();
    }
    if (subscription.stage !== 'filling') return;
    const rows = decodeDeltas(event.rows);
    if (this.scope === 'full') for (const row of rows) putRow(subscription.staging, row);
    else subscription.pending.push(...rows);
    if (event.last) subscription.stage = 'filled';
  }

  /** Deltas before the snapshot's last chunk are in the snapshot already. */
  private take(subscription: Subscription, deltas: readonly Delta[]): void {
    if (subscription.stage === 'filled' || subscription.stage === 'live') subscription.pending.push(...deltas);
  }

  private show(revision: number): void {
    if (revision < this.revision && !this.goesBack) return;
    if (this.scope === 'full') return this.showFull(revision);
    const subscriptions = [...this.subscriptions.values()];
    if (subscriptions.some(({ isShown, stage }) => isShown && (stage === 'waiting' || stage === 'filling'))) return;
    const changes: Delta[] = [];
    for (const subscription of subscriptions) this.showPartial(subscription, changes);
    this.goesBack = false;
    this.view.advance(revision, changes);
  }

  private showPartial(subscription: Subscription, changes: Delta[]): void {
    const { pending } = subscription;
    if (subscription.stage === 'live') {
      this.coverage.apply(subscription.held, pending, changes);
    } else if (subscription.stage === 'filled') {
      const dropped = subscription.held;
      subscription.held = new Set();
      this.coverage.apply(subscription.held, pending, changes);
      this.coverage.release(dropped, changes);
      subscription.stage = 'live';
      subscription.isShown = true;
    } else return;
    subscription.pending = [];
  }

  private showFull(revision: number): void {
    for (const subscription of this.subscriptions.values()) {
      const { pending, staging } = subscription;
      if (subscription.stage !== 'filled' && subscription.stage !== 'live') continue;
      subscription.pending = [];
      const changes = applyAll(staging, pending);
      if (subscription.stage === 'live') return this.view.advance(revision, changes);
      subscription.stage = 'live';
      subscription.isShown = true;
      this.goesBack = false;
      this.tables = staging;
      this.view.replace(staging, revision);
    }
  }
}

function applyAll(tables: Tables, deltas: readonly Delta[]): Delta[] {
  const changes: Delta[] = [];
  for (const delta of deltas) {
    if (delta.op === 'put') store(tables, delta, changes);
    else erase(tables, delta, changes);
  }
  return changes;
}
