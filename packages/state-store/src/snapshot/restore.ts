import { decodeDeltas } from '../encoding/delta-codec';
import { stagingMarkOf } from '../encoding/staging-codec';
import { Tables } from '../tables/tables';
import type { Delta } from '../view/delta';
import { Staging } from './staging';

/** Fills fresh tables from a snapshot's chunks, beside the tables in use, which stay as they are until `finish`. */
export class RestoreBuilder {
  private readonly tables = new Tables();
  private staging: Staging | undefined;

  constructor(private readonly onFinish: (tables: Tables, staging: Staging | undefined) => void) {}

  push(chunk: Uint8Array): void {
    const mark = stagingMarkOf(chunk);
    if (mark) {
      this.staging = new Staging(mark.id, mark.indexMax, mark.next);
      return;
    }
    const tables = this.staging?.tables ?? this.tables;
    for (const delta of decodeDeltas(chunk)) putRow(tables, delta);
  }

  finish(): void {
    this.onFinish(this.tables, this.staging);
  }
}

export function putRow(tables: Tables, delta: Delta): void {
  tables.table(delta.table).put(delta.row);
}
