import type { KvEntry } from '@tribune/protocol';
import { SEPARATOR, sortKey } from './order';
import { RowTree } from './row-tree';
import type { ReadTable, Table } from './table';

/**
 * The key/value store. Two indexes over the same rows:
 *
 *     byKey      key                 → entry     point reads, and prefixes as ranges, in byte order
 *     bySession  session \0 key      → entry     what a session holds, when it ends
 *
 * A row is in `bySession` exactly while its `session` is not empty.
 */
export interface ReadKv extends ReadTable<KvEntry> {
  get(key: string): KvEntry | undefined;
  /** Entries whose key starts with `prefix`, in byte order of their keys. */
  withPrefix(prefix: string): KvEntry[];
  eachWithPrefix(prefix: string, visit: (entry: KvEntry) => boolean | void): void;
  /** The entries this session has locked. */
  heldBy(session: string): KvEntry[];
}

export class KvTable implements ReadKv, Table<KvEntry> {
  constructor(
    private readonly byKey = new RowTree<KvEntry>(),
    private readonly bySession = new RowTree<KvEntry>(),
  ) {}

  get size(): number {
    return this.byKey.size;
  }

  get(key: string): KvEntry | undefined {
    return this.byKey.get(sortKey(key));
  }

  find(like: KvEntry): KvEntry | undefined {
    return this.get(like.key);
  }

  withPrefix(prefix: string): KvEntry[] {
    return this.byKey.collect(sortKey(prefix));
  }

  eachWithPrefix(prefix: string, visit: (entry: KvEntry) => boolean | void): void {
    this.byKey.each(sortKey(prefix), visit);
  }

  heldBy(session: string): KvEntry[] {
    return this.bySession.collect(session + SEPARATOR);
  }

  rows(): IterableIterator<KvEntry> {
    return this.byKey.rows();
  }

  put(row: KvEntry): KvEntry | undefined {
    const key = sortKey(row.key);
    const before = this.byKey.get(key);
    if (before && before.session !== '' && before.session !== row.session)
      this.bySession.delete(lockKey(before.session, key));
    this.byKey.set(key, row);
    if (row.session !== '') this.bySession.set(lockKey(row.session, key), row);
    return before;
  }

  remove(like: KvEntry): KvEntry | undefined {
    const key = sortKey(like.key);
    const before = this.byKey.get(key);
    if (!before) return undefined;
    this.byKey.delete(key);
    if (before.session !== '') this.bySession.delete(lockKey(before.session, key));
    return before;
  }

  clone(): KvTable {
    return new KvTable(this.byKey.clone(), this.bySession.clone());
  }
}

function lockKey(session: string, key: string): string {
  return session + SEPARATOR + key;
}
