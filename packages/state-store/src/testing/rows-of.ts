import type { Topic } from '@tribune/protocol';
import type { Tables } from '../tables/tables';
import { rowId } from '../view/row-id';
import { topicSnapshot } from '../view/topic-snapshot';

/** The rows of a topic by row id, without the indexes of whole tables, which a partial replica only approximates. */
export function rowsOf(tables: Tables, topic: Topic): Record<string, unknown> {
  const rows: [string, unknown][] = [];
  for (const delta of topicSnapshot(tables, topic)) {
    if (topic.kind !== 'all' && delta.table === 'indexes' && !delta.row.name.includes('.')) continue;
    rows.push([rowId(delta), delta.row]);
  }
  return Object.fromEntries(rows.sort(([a], [b]) => (a < b ? -1 : 1)));
}
