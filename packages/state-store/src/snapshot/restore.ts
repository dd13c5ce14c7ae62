import { decodeDeltas } from '../encoding/delta-codec';
import { Tables } from '../tables/tables';
import type { Delta } from '../view/delta';

/** Fills fresh tables from a snapshot's chunks, beside the tables in use, which stay as they are until `finish`. */
export class RestoreBuilder {
  private readonly tables = new Tables();

  constructor(private readonly onFinish: (tables: Tables) => void) {}

  push(chunk: Uint8Array): void {
    for (const delta of decodeDeltas(chunk)) putRow(this.tables, delta);
  }

  finish(): void {
    this.onFinish(this.tables);
  }
}

export function putRow(tables: Tables, delta: Delta): void {
  tables.table(delta.table).put(delta.row);
}
