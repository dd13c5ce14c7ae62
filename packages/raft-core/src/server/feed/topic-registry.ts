import type { Topic } from '@tribune/protocol';
import { topicKey, type Delta } from '@tribune/state-store';

/** Which deltas belong to a topic. Called for a command at most once, while the tables hold exactly that revision. */
export interface TopicSelector {
  select(deltas: readonly Delta[]): readonly Delta[];
}

/** What the registry needs of the state machine. */
export interface TopicSource {
  selector(topic: Topic): TopicSelector;
  /** Keys of all topics that the deltas may concern, KV prefixes aside. */
  candidates(deltas: readonly Delta[]): Iterable<string>;
}

/** The key of the topic that leaves nothing out. */
export const ALL = 'all';

interface TrackedTopic<Subscriber> {
  readonly topic: Topic;
  selector: TopicSelector | undefined;
  /** How many subscriptions each subscriber has on it. */
  readonly users: Map<Subscriber, number>;
  /** Revisions with something for this topic, ascending: all of them after `forgotten`. */
  changes: number[];
  forgotten: number;
}

/** Changes remembered per topic. For who is further behind, every batch is looked at. */
const CHANGES_MAX = 1_024;

/**
 * The topics that somebody subscribes to. A command is evaluated for the few that it may concern, once per topic
 * however many subscribers that has, and at the moment when it is applied, since a topic may need rows beside the
 * delta (the nodes of a service).
 */
export class TopicRegistry<Subscriber> {
  private readonly tracked = new Map<string, TrackedTopic<Subscriber>>();
  private readonly prefixes = new Map<string, TrackedTopic<Subscriber>>();

  constructor(private readonly source: TopicSource) {}

  use(topic: Topic, subscriber: Subscriber): void {
    const key = topicKey(topic);
    const tracked = this.tracked.get(key) ?? this.track(key, topic);
    tracked.users.set(subscriber, (tracked.users.get(subscriber) ?? 0) + 1);
  }

  release(topic: Topic, subscriber: Subscriber): void {
    const key = topicKey(topic);
    const tracked = this.tracked.get(key);
    if (!tracked) return;
    const count = tracked.users.get(subscriber) ?? 0;
    if (count > 1) tracked.users.set(subscriber, count - 1);
    else tracked.users.delete(subscriber);
    if (tracked.users.size > 0) return;
    this.tracked.delete(key);
    this.prefixes.delete(key);
  }

  /** By topic, only those that the deltas concern; `all` is not among them. */
  select(revision: number, deltas: readonly Delta[]): ReadonlyMap<string, readonly Delta[]> | undefined {
    if (this.tracked.size === (this.tracked.has(ALL) ? 1 : 0)) return undefined;
    const selected = new Map<string, readonly Delta[]>();
    for (const [key, tracked] of this.candidates(deltas)) {
      const chosen = tracked.selector!.select(deltas);
      if (chosen.length === 0) continue;
      remember(tracked, revision);
      selected.set(key, chosen);
    }
    return selected;
  }

  /** No revision between `position` and this one has anything for the topic; undefined when none after it has. */
  nextChange(key: string, position: number): number | undefined {
    const { changes, forgotten } = this.tracked.get(key)!;
    if (position < forgotten) return position + 1;
    // Almost always the newest one or none.
    let at = changes.length;
    while (at > 0 && changes[at - 1]! > position) at--;
    return changes[at];
  }

  subscribersOf(key: string): Iterable<Subscriber> {
    return this.tracked.get(key)?.users.keys() ?? [];
  }

  /** The state was replaced: what a selector remembers of the rows is no longer so. */
  reset(revision: number): void {
    for (const tracked of this.tracked.values()) {
      tracked.selector = this.selectorOf(tracked.topic);
      tracked.changes = [];
      tracked.forgotten = revision;
    }
  }

  private selectorOf(topic: Topic): TopicSelector | undefined {
    return topicKey(topic) === ALL ? undefined : this.source.selector(topic);
  }

  private track(key: string, topic: Topic): TrackedTopic<Subscriber> {
    const selector = this.selectorOf(topic);
    const tracked: TrackedTopic<Subscriber> = { topic, selector, users: new Map(), changes: [], forgotten: 0 };
    this.tracked.set(key, tracked);
    if (topic.kind === 'kvPrefix') this.prefixes.set(key, tracked);
    return tracked;
  }

  private *candidates(deltas: readonly Delta[]): Generator<[string, TrackedTopic<Subscriber>]> {
    for (const key of this.source.candidates(deltas)) {
      const tracked = this.tracked.get(key);
      if (tracked) yield [key, tracked];
    }
    // Prefixes are few beside services, and a look at one costs a comparison.
    if (deltas.some(({ table }) => table === 'kv' || table === 'tombstones')) yield* this.prefixes;
  }
}

/** Half of them go at once, so that forgetting is rare. */
function remember(tracked: { readonly changes: number[]; forgotten: number }, revision: number): void {
  tracked.changes.push(revision);
  if (tracked.changes.length > CHANGES_MAX) tracked.forgotten = tracked.changes.splice(0, CHANGES_MAX / 2).at(-1)!;
}
