import BTree from 'sorted-btree';
import { compareKeys } from './order';

/** Above every unit that can follow a prefix: keys are valid text, so two of the highest unit never occur in a row. */
const PAST_EVERY_KEY = '\uffff\uffff';

/** Rows in key order: one index of one table. A clone shares its nodes with the original until either is written. */
export class RowTree<Row> {
  /** What was looked up or written last. A command reads a row, then writes it: one walk down the tree less. */
  private lastKey: string | undefined;
  private lastRow: Row | undefined;

  constructor(private readonly tree: BTree<string, Row> = new BTree<string, Row>(undefined, compareKeys)) {}

  get size(): number {
    return this.tree.size;
  }

  get(key: string): Row | undefined {
    return key === this.lastKey ? this.lastRow : this.remember(key, this.tree.get(key));
  }

  set(key: string, row: Row): void {
    this.tree.set(key, row);
    this.remember(key, row);
  }

  delete(key: string): void {
    this.tree.delete(key);
    this.remember(key, undefined);
  }

  /** Calls `visit` for each row whose key starts with `prefix`, in order, until it returns false. */
  each(prefix: string, visit: (row: Row, key: string) => boolean | void): void {
    this.tree.forRange(prefix, prefix + PAST_EVERY_KEY, true, (key, row) =>
      visit(row, key) === false ? { break: true } : undefined,
    );
  }

  collect(prefix: string): Row[] {
    const found: Row[] = [];
    this.tree.forRange(prefix, prefix + PAST_EVERY_KEY, true, (_key, row) => void found.push(row));
    return found;
  }

  has(prefix: string): boolean {
    let found = false;
    this.each(prefix, () => {
      found = true;
      return false;
    });
    return found;
  }

  rows(): IterableIterator<Row> {
    return this.tree.values();
  }

  clone(): RowTree<Row> {
    return new RowTree(this.tree.clone());
  }

  private remember(key: string, row: Row | undefined): Row | undefined {
    this.lastKey = key;
    return (this.lastRow = row);
  }
}
