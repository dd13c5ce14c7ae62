import { sortKey } from './order';
import { RowTree } from './row-tree';
import type { ReadTable, Table } from './table';
import type { TombstoneRow } from '../view/delta';

/** Where keys were deleted, so that the index of a prefix does not fall when its newest key goes. Reaped by age. */
export interface ReadTombstones extends ReadTable<TombstoneRow> {
  get(key: string): TombstoneRow | undefined;
  withPrefix(prefix: string): TombstoneRow[];
  /** Tombstones of trees that lie above a prefix and so contain it. */
  treesAbove(prefix: string): TombstoneRow[];
  /** Highest revision at which something below this prefix was deleted; 0 when none is remembered. */
  maxIndexWithPrefix(prefix: string): number;
}

export class TombstoneTable implements ReadTombstones, Table<TombstoneRow> {
  constructor(
    private readonly byKey = new RowTree<TombstoneRow>(),
    /** Key length → number of trees with a key that long: the look-ups that {@link treesAbove} needs. */
    private readonly treeLengths = new Map<number, number>(),
  ) {}

  get size(): number {
    return this.byKey.size;
  }

  get(key: string): TombstoneRow | undefined {
    return this.byKey.get(sortKey(key));
  }

  find(like: TombstoneRow): TombstoneRow | undefined {
    return this.get(like.key);
  }

  withPrefix(prefix: string): TombstoneRow[] {
    return this.byKey.collect(sortKey(prefix));
  }

  treesAbove(prefix: string): TombstoneRow[] {
    const found: TombstoneRow[] = [];
    for (const length of this.treeLengths.keys()) {
      const row = length < prefix.length ? this.get(prefix.slice(0, length)) : undefined;
      if (row?.tree) found.push(row);
    }
    return found;
  }

  maxIndexWithPrefix(prefix: string): number {
    let max = 0;
    for (const row of this.treesAbove(prefix)) max = Math.max(max, row.index);
    this.byKey.each(sortKey(prefix), (row) => {
      if (row.index > max) max = row.index;
    });
    return max;
  }

  rows(): IterableIterator<TombstoneRow> {
    return this.byKey.rows();
  }

  put(row: TombstoneRow): TombstoneRow | undefined {
    const before = this.remove(row);
    this.byKey.set(sortKey(row.key), row);
    if (row.tree) this.count(row.key.length, 1);
    return before;
  }

  remove(like: TombstoneRow): TombstoneRow | undefined {
    const before = this.find(like);
    if (!before) return undefined;
    this.byKey.delete(sortKey(before.key));
    if (before.tree) this.count(before.key.length, -1);
    return before;
  }

  clone(): TombstoneTable {
    return new TombstoneTable(this.byKey.clone(), new Map(this.treeLengths));
  }

  private count(length: number, by: 1 | -1): void {
    const count = (this.treeLengths.get(length) ?? 0) + by;
    if (count === 0) this.treeLengths.delete(length);
    else this.treeLengths.set(length, count);
  }
}
