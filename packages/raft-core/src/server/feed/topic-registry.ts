import type { Topic } from '@tribune/protocol';
import { topicKey, type Delta } from '@tribune/state-store';

/** Which deltas belong to a topic. Called once per applied command, while the tables hold exactly that revision. */
export interface TopicSelector {
  select(deltas: readonly Delta[]): readonly Delta[];
}

/** The key of the topic that leaves nothing out. */
export const ALL = 'all';

interface TrackedTopic<Subscriber> {
  readonly selector: TopicSelector | undefined;
  /** How many subscriptions each subscriber has on it. */
  readonly users: Map<Subscriber, number>;
  /** The last revision with something for this topic, since it is tracked. */
  lastChange: number;
}

/**
 * The topics that somebody subscribes to, each evaluated once per command however many subscribers it has. Evaluation
 * happens when the command is applied, since a topic may need rows beside the delta (the nodes of a service).
 */
export class TopicRegistry<Subscriber> {
  private readonly tracked = new Map<string, TrackedTopic<Subscriber>>();

  constructor(private readonly selectorOf: (topic: Topic) => TopicSelector) {}

  use(topic: Topic, subscriber: Subscriber): void {
    const key = topicKey(topic);
    let tracked = this.tracked.get(key);
    if (!tracked) {
      const selector = key === ALL ? undefined : this.selectorOf(topic);
      this.tracked.set(key, (tracked = { selector, users: new Map(), lastChange: 0 }));
    }
    tracked.users.set(subscriber, (tracked.users.get(subscriber) ?? 0) + 1);
  }

  release(topic: Topic, subscriber: Subscriber): void {
    const key = topicKey(topic);
    const tracked = this.tracked.get(key);
    if (!tracked) return;
    const count = tracked.users.get(subscriber) ?? 0;
    if (count > 1) tracked.users.set(subscriber, count - 1);
    else tracked.users.delete(subscriber);
    if (tracked.users.size === 0) this.tracked.delete(key);
  }

  /** By topic, only those that the deltas concern. */
  select(revision: number, deltas: readonly Delta[]): ReadonlyMap<string, readonly Delta[]> | undefined {
    let selected: Map<string, readonly Delta[]> | undefined;
    for (const [key, tracked] of this.tracked) {
      const chosen = tracked.selector ? tracked.selector.select(deltas) : deltas;
      if (chosen.length === 0) continue;
      tracked.lastChange = revision;
      if (tracked.selector) (selected ??= new Map()).set(key, chosen);
    }
    return selected;
  }

  lastChange(key: string): number {
    return this.tracked.get(key)?.lastChange ?? 0;
  }

  subscribersOf(key: string): Iterable<Subscriber> {
    return this.tracked.get(key)?.users.keys() ?? [];
  }
}
