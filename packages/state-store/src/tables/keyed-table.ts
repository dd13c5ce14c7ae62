import { RowTree } from './row-tree';
import type { ReadTable, Table } from './table';

/** A table with no index but its key: what the small tables extend. */
export abstract class KeyedTable<Row> implements ReadTable<Row>, Table<Row> {
  constructor(protected readonly byKey = new RowTree<Row>()) {}

  protected abstract keyOf(row: Row): string;
  abstract clone(): Table<Row>;

  get size(): number {
    return this.byKey.size;
  }

  find(like: Row): Row | undefined {
    return this.byKey.get(this.keyOf(like));
  }

  rows(): IterableIterator<Row> {
    return this.byKey.rows();
  }

  put(row: Row): Row | undefined {
    const key = this.keyOf(row);
    const before = this.byKey.get(key);
    this.byKey.set(key, row);
    return before;
  }

  remove(like: Row): Row | undefined {
    const key = this.keyOf(like);
    const before = this.byKey.get(key);
    if (before) this.byKey.delete(key);
    return before;
  }
}
