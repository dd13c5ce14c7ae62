import type { Topic } from '@tribune/protocol';
import { encodeChunks, TopicFilter, topicSnapshot, type StateMachine } from '@tribune/state-store';
import type { FeedSource } from './feed-hub';
import { candidateTopics } from './topic-candidates';

/** The state machine as the feed sees it. */
export function feedSourceOf(machine: StateMachine): FeedSource {
  return {
    get revision() {
      return machine.revision;
    },
    snapshot: (topic) => snapshotOf(machine, topic),
    candidates: (deltas) => candidateTopics(machine.view.tables, deltas),
    selector(topic) {
      const filter = new TopicFilter(topic, machine.view.tables);
      return { select: (deltas) => filter.next(machine.view.tables, deltas) };
    },
  };
}

/** Rows of a node or a small service: encoded at once, which is cheaper than a cut of all tables. */
const INSTANCES_AT_ONCE = 64;

function snapshotOf(machine: StateMachine, topic: Topic): Iterable<Uint8Array> {
  const { tables } = machine.view;
  const isSmall =
    topic.kind === 'node' ||
    (topic.kind === 'service' && tables.services.named(topic.service).length <= INSTANCES_AT_ONCE);
  if (isSmall) return [...encodeChunks(topicSnapshot(tables, topic))];
  return encodeChunks(topicSnapshot(machine.snapshot().tables, topic));
}
