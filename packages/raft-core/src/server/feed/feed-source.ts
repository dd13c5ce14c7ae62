import { encodeChunks, TopicFilter, topicSnapshot, type StateMachine } from '@tribune/state-store';
import type { FeedSource } from './feed-hub';

/** The state machine as the feed sees it. */
export function feedSourceOf(machine: StateMachine): FeedSource {
  return {
    get revision() {
      return machine.revision;
    },
    snapshot: (topic) => encodeChunks(topicSnapshot(machine.snapshot().tables, topic)),
    selector(topic) {
      const filter = new TopicFilter(topic, machine.view.tables);
      return { select: (deltas) => filter.next(machine.view.tables, deltas) };
    },
  };
}
