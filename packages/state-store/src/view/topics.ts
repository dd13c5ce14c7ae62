import type { Topic } from '@tribune/protocol';

/** A topic's name: equal topics have equal names. */
export function topicKey(topic: Topic): string {
  switch (topic.kind) {
    case 'all':
    case 'catalog':
    case 'sessions':
      return topic.kind;
    case 'node':
      return `node/${topic.node.toLowerCase()}`;
    case 'service':
      return `service/${topic.service.toLowerCase()}`;
    case 'kvPrefix':
      return `kvPrefix/${topic.prefix}`;
  }
}
