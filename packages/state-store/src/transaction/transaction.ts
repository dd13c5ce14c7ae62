import type { Delta, Rows, TableName } from '../view/delta';
import type { ReadTables, Tables } from '../tables/tables';

/**
 * The writes of one command: visible to it at once, recorded as deltas, and taken back as a whole when the command
 * fails. There is one writer and no reader in between, so undoing from the recorded deltas is all that isolation needs.
 */
export class Transaction {
  readonly deltas: Delta[] = [];

  constructor(
    private readonly tables: Tables,
    /** The revision that this command makes. */
    readonly index: number,
  ) {}

  get read(): ReadTables {
    return this.tables;
  }

  put<T extends TableName>(table: T, row: Rows[T]): void {
    const before = this.tables.table(table).put(row);
    this.deltas.push({ table, op: 'put', row, before } as Delta);
  }

  remove<T extends TableName>(table: T, row: Rows[T]): void {
    const before = this.tables.table(table).remove(row);
    if (before) this.deltas.push({ table, op: 'delete', row: before } as Delta);
  }

  /** Notes that this revision touched the table or group of that name. */
  touch(name: string): void {
    if (this.tables.indexes.get(name) !== this.index) this.put('indexes', { name, index: this.index });
  }

  rollback(): void {
    for (let i = this.deltas.length - 1; i >= 0; i--) undo(this.tables, this.deltas[i]!);
    this.deltas.length = 0;
  }
}

function undo(tables: Tables, delta: Delta): void {
  const table = tables.table(delta.table);
  if (delta.op === 'delete') table.put(delta.row);
  else if (delta.before) table.put(delta.before);
  else table.remove(delta.row);
}
