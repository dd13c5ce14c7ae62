import type { Topic } from '@tribune/protocol';
import type { ReadTables } from '../tables/tables';
import type { Delta } from './delta';
import { ServiceMembership } from './service-membership';
import { isIndexOf, isRowOf } from './topics';

/**
 * Turns each batch of deltas into what a subscriber of one topic must get, so that its rows stay those of
 * {@link topicSnapshot}. Index rows go along with the rows that moved them: a subscriber's table indexes are thus never
 * below a change that concerns it, and stand still when other rows change.
 *
 * Give it every batch, in order, with the tables as they are right after the batch.
 */
export class TopicFilter {
  private readonly membership: ServiceMembership | undefined;

  /** @param tables as they are at the revision from which on batches will come */
  constructor(
    private readonly topic: Topic,
    tables: ReadTables,
  ) {
    if (topic.kind === 'service') this.membership = new ServiceMembership(topic.service, tables);
  }

  next(tables: ReadTables, deltas: readonly Delta[]): readonly Delta[] {
    if (this.topic.kind === 'all') return deltas;
    const rows = this.rowsOf(tables, deltas);
    if (rows.length === 0) return rows;
    for (const delta of deltas) {
      if (delta.table === 'indexes' && isIndexOf(this.topic, delta.row.name)) rows.push(delta);
    }
    return rows;
  }

  private rowsOf(tables: ReadTables, deltas: readonly Delta[]): Delta[] {
    const { topic } = this;
    if (topic.kind === 'service') return this.membership!.next(tables, deltas);
    return deltas.filter((delta) => isRowOf(topic, delta));
  }
}
