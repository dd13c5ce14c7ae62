import type { Node } from '@tribune/protocol';
import { nameKey } from './order';
import { RowTree } from './row-tree';
import type { ReadTable, Table } from './table';

/** Nodes by name and by UUID. At most one node has a given non-empty id. */
export interface ReadNodes extends ReadTable<Node> {
  get(name: string): Node | undefined;
  byId(id: string): Node | undefined;
  /** The node whose id starts with these hex digits (at least two, dashes as written), when there is just one. */
  byIdPrefix(prefix: string): Node | undefined;
}

export class NodeTable implements ReadNodes, Table<Node> {
  constructor(
    private readonly byName = new RowTree<Node>(),
    private readonly byNodeId = new RowTree<Node>(),
  ) {}

  get size(): number {
    return this.byName.size;
  }

  get(name: string): Node | undefined {
    return this.byName.get(nameKey(name));
  }

  byId(id: string): Node | undefined {
    return this.byNodeId.get(nameKey(id));
  }

  byIdPrefix(prefix: string): Node | undefined {
    if (!isIdPrefix(prefix)) return undefined;
    const [only, another] = this.byNodeId.collect(nameKey(prefix));
    return another ? undefined : only;
  }

  find(like: Node): Node | undefined {
    return this.get(like.node);
  }

  rows(): IterableIterator<Node> {
    return this.byName.rows();
  }

  put(row: Node): Node | undefined {
    const before = this.get(row.node);
    if (before && before.id !== '' && before.id !== row.id) this.dropId(before);
    this.byName.set(nameKey(row.node), row);
    if (row.id !== '') this.byNodeId.set(nameKey(row.id), row);
    return before;
  }

  remove(like: Node): Node | undefined {
    const before = this.get(like.node);
    if (!before) return undefined;
    this.byName.delete(nameKey(before.node));
    if (before.id !== '') this.dropId(before);
    return before;
  }

  clone(): NodeTable {
    return new NodeTable(this.byName.clone(), this.byNodeId.clone());
  }

  /** Only when the id still leads to this row: while a node is renamed, two rows carry it. */
  private dropId(row: Node): void {
    if (this.byId(row.id) === row) this.byNodeId.delete(nameKey(row.id));
  }
}

const ID_PREFIX = /^[0-9a-f]{2}[0-9a-f-]*$/i;

/** Whether this reads like the start of a node id. Names may, too: `db`, `cafe`. */
export function isIdPrefix(text: string): boolean {
  return ID_PREFIX.test(text);
}
