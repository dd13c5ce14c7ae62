import { TABLE_NAMES, type Tables } from '../tables/tables';
import type { Delta, TableName } from '../view/delta';

/** The deltas that lead from one state to another in these tables: deletions first, then every row there is, changed or not. */
export function* difference(before: Tables, after: Tables, tables: ReadonlySet<TableName>): Generator<Delta> {
  const names = TABLE_NAMES.filter((name) => tables.has(name));
  for (const table of names) {
    for (const row of before.table(table).rows()) {
      if (!after.table(table).find(row)) yield { table, op: 'delete', row } as Delta;
    }
  }
  for (const table of names) {
    for (const row of after.table(table).rows()) {
      yield { table, op: 'put', row, before: before.table(table).find(row) } as Delta;
    }
  }
}
