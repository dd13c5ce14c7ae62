import type { Topic } from '@tribune/protocol';
import { allRows } from '../snapshot/chunks';
import type { ReadTables, Tables } from '../tables/tables';
import type { Delta, Rows, TableName } from './delta';
import { indexNamesOf, isIndexOf } from './topics';

/** All rows of a topic, as puts. Lazy: give it a clone of tables that change while it is being read. */
export function topicSnapshot(tables: ReadTables, topic: Topic): Iterable<Delta> {
  return topic.kind === 'all' ? allRows(tables as Tables) : partialSnapshot(tables, topic);
}

function* partialSnapshot(tables: ReadTables, topic: Exclude<Topic, { kind: 'all' }>): Generator<Delta> {
  yield* indexRows(tables, topic);
  switch (topic.kind) {
    case 'catalog':
      yield* puts('nodes', tables.nodes.rows());
      yield* puts('services', tables.services.rows());
      yield* puts('checks', tables.checks.rows());
      yield* puts('coordinates', tables.coordinates.rows());
      return;
    case 'sessions':
      yield* puts('sessions', tables.sessions.rows());
      return;
    case 'node':
      yield* nodeRows(tables, topic.node);
      return;
    case 'service':
      yield* serviceRows(tables, topic.service);
      return;
    case 'kvPrefix':
      yield* puts('tombstones', tables.tombstones.treesAbove(topic.prefix));
      yield* puts('tombstones', tables.tombstones.withPrefix(topic.prefix));
      yield* puts('kv', tables.kv.withPrefix(topic.prefix));
  }
}

function* indexRows(tables: ReadTables, topic: Exclude<Topic, { kind: 'all' }>): Generator<Delta> {
  if (topic.kind === 'catalog') {
    for (const row of tables.indexes.rows()) if (isIndexOf(topic, row.name)) yield put('indexes', row);
    return;
  }
  for (const name of indexNamesOf(topic)) {
    const index = tables.indexes.get(name);
    if (index > 0) yield put('indexes', { name, index });
  }
}

function* nodeRows(tables: ReadTables, name: string): Generator<Delta> {
  const node = tables.nodes.get(name);
  if (node) yield put('nodes', node);
  yield* puts('services', tables.services.onNode(name));
  yield* puts('checks', tables.checks.onNode(name));
}

/** A row may come twice: an instance that is native and a check by its name. To a replica that is one row. */
function* serviceRows(tables: ReadTables, service: string): Generator<Delta> {
  const instances = [...tables.services.named(service), ...tables.services.connectFor(service)];
  for (const name of new Set(instances.map((instance) => instance.node.toLowerCase()))) {
    yield* hostRows(tables, name);
  }
  for (const instance of instances) {
    yield put('services', instance);
    yield* puts('checks', tables.checks.ofInstance(instance.node, instance.id));
  }
  yield* puts('checks', tables.checks.ofService(service));
}

/** What a node contributes to the health of each instance on it. */
export function* hostRows(tables: ReadTables, name: string): Generator<Delta> {
  const node = tables.nodes.get(name);
  if (node) yield put('nodes', node);
  yield* puts('checks', tables.checks.ofInstance(name, ''));
}

export function* puts<T extends TableName>(table: T, rows: Iterable<Rows[T]>): Generator<Delta> {
  for (const row of rows) yield put(table, row);
}

function put<T extends TableName>(table: T, row: Rows[T]): Delta {
  return { table, op: 'put', row } as Delta;
}
