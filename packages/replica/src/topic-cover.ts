import type { Topic } from '@tribune/protocol';
import type { WatchKey } from '@tribune/state-store';

/** Whether a change of this watch key can only be seen by somebody who holds the topic. */
export function covers(topic: Topic, key: WatchKey): boolean {
  const slash = key.indexOf('/');
  const [table, name] = slash < 0 ? [key, ''] : [key.slice(0, slash), key.slice(slash + 1)];
  switch (topic.kind) {
    case 'all':
      return true;
    case 'catalog':
      return CATALOG_KEYS.has(table);
    case 'sessions':
      return SESSION_KEYS.has(table);
    case 'node':
      return table === 'node' && name === topic.node.toLowerCase();
    case 'service':
      return (table === 'service' || table === 'connect') && name === topic.service.toLowerCase();
    case 'kvPrefix':
      return (table === 'kv' || table === 'kv-prefix') && name.startsWith(topic.prefix);
  }
}

const CATALOG_KEYS: ReadonlySet<string> = new Set([
  ...['nodes', 'services', 'checks', 'coordinates'],
  ...['node', 'service', 'connect'],
]);
const SESSION_KEYS: ReadonlySet<string> = new Set(['sessions', 'session', 'node-sessions']);
