/** What every table can do without knowing its rows: enough for rollback, replication, snapshots and hashing. */
export interface ReadTable<Row> {
  readonly size: number;
  /** The stored row with the same key fields. */
  find(like: Row): Row | undefined;
  /** All rows in key order. The table must not change while this is being read. */
  rows(): IterableIterator<Row>;
}

export interface Table<Row> extends ReadTable<Row> {
  /** Stores `row` in place of the row with the same key fields, which is returned. */
  put(row: Row): Row | undefined;
  /** Removes the row with these key fields and returns it. */
  remove(like: Row): Row | undefined;
  /** Copy-on-write: costs nothing until either side is written. */
  clone(): Table<Row>;
}
