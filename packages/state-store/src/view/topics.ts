import type { HealthCheck, KvEntry, ServiceInstance, Topic } from '@tribune/protocol';
import { connectIndexName, EXTINCTION_INDEX, RESTORED_INDEX, serviceIndexName } from '../tables/indexes';
import { connectTarget } from '../tables/services';
import type { Delta, TableName, TombstoneRow } from './delta';

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

const CATALOG_TABLES: ReadonlySet<TableName> = new Set(['nodes', 'services', 'checks', 'coordinates']);

/** Whether a row belongs to a topic, where the row alone can tell: every kind but `service`. Index rows come apart. */
export function isRowOf(topic: Exclude<Topic, { kind: 'service' }>, delta: Delta): boolean {
  switch (topic.kind) {
    case 'all':
      return true;
    case 'catalog':
      return CATALOG_TABLES.has(delta.table);
    case 'sessions':
      return delta.table === 'sessions';
    case 'node':
      return isOnNode(delta, topic.node.toLowerCase());
    case 'kvPrefix':
      if (delta.table === 'kv') return isUnder(delta.row, topic.prefix);
      return delta.table === 'tombstones' && concerns(delta.row, topic.prefix);
  }
}

function isOnNode(delta: Delta, node: string): boolean {
  const onNode = delta.table === 'nodes' || delta.table === 'services' || delta.table === 'checks';
  return onNode && delta.row.node.toLowerCase() === node;
}

function isUnder(entry: KvEntry, prefix: string): boolean {
  return entry.key.startsWith(prefix);
}

/** Deletions below the prefix, and of trees that contain it. */
function concerns(row: TombstoneRow, prefix: string): boolean {
  return row.key.startsWith(prefix) || (row.tree && prefix.startsWith(row.key));
}

/** Whether a subscriber of this topic needs this index row. Queries on the topic read no other. */
export function isIndexOf(topic: Topic, name: string): boolean {
  if (topic.kind === 'all') return true;
  if (topic.kind !== 'catalog') return indexNamesOf(topic).includes(name);
  return CATALOG_INDEXES.has(name) || name.startsWith('service.') || name.startsWith('connect.');
}

/** Names of the index rows of a topic that has a fixed number of them, however many services there are. */
export function indexNamesOf(topic: Exclude<Topic, { kind: 'all' | 'catalog' }>): readonly string[] {
  switch (topic.kind) {
    case 'sessions':
      return ['sessions', RESTORED_INDEX];
    case 'node':
      return NODE_INDEXES;
    case 'service':
      return [...NODE_INDEXES, EXTINCTION_INDEX, serviceIndexName(topic.service), connectIndexName(topic.service)];
    case 'kvPrefix':
      return ['kv', 'tombstones', RESTORED_INDEX];
  }
}

const CATALOG_INDEXES: ReadonlySet<string> = new Set([
  'nodes',
  'services',
  'checks',
  'coordinates',
  EXTINCTION_INDEX,
  RESTORED_INDEX,
]);
const NODE_INDEXES: readonly string[] = ['nodes', 'services', 'checks', RESTORED_INDEX];

/** Instances of the service and those that take Connect traffic for it. `service` is in lower case. */
export function isInstanceOf(service: string, instance: ServiceInstance): boolean {
  return instance.service.toLowerCase() === service || connectTarget(instance)?.toLowerCase() === service;
}

export function isCheckNamed(service: string, check: HealthCheck): boolean {
  return check.serviceName !== '' && check.serviceName.toLowerCase() === service;
}
