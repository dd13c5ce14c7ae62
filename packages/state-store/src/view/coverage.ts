import type { Tables } from '../tables/tables';
import type { Delta } from './delta';
import { rowId } from './row-id';

/** A row that at least one subscription holds. */
interface Covered {
  readonly delta: Delta;
  holders: number;
}

/**
 * Which subscription brought which row, in a replica of several topics. Topics overlap (a node and a service on it), so a row goes
 * when the last subscription that covers it lets go.
 *
 * Index rows of whole tables belong to no subscription: they only rise, as far as any topic has told, and stay. A
 * replica of some rows can know no more than that, and blocking queries need no more.
 */
export class Coverage {
  private readonly covered = new Map<string, Covered>();

  constructor(private readonly tables: Tables) {}

  /**
   * Applies what came for one subscription, whose rows are `held`; notes in `changes` what changed in the tables.
   *
   * Only the last word on each row counts. Subscriptions are applied one after the other though what came for them was
   * interleaved, so an old row of one must not overwrite a newer one of another; their last words agree, since each
   * subscription hears of every change to the rows that it covers.
   */
  apply(held: Set<string>, deltas: readonly Delta[], changes: Delta[]): void {
    const last = new Map<string, Delta>();
    for (const delta of deltas) last.set(rowId(delta), delta);
    for (const [id, delta] of last) {
      if (isTableIndex(delta)) this.raise(delta, changes);
      else if (delta.op === 'put') this.hold(held, id, delta, changes);
      else if (held.delete(id)) this.drop(id, changes);
    }
  }

  /** A subscription ends, or starts anew: these rows are no longer held by it. */
  release(held: Iterable<string>, changes: Delta[]): void {
    for (const id of held) this.drop(id, changes);
  }

  private hold(held: Set<string>, id: string, delta: Delta, changes: Delta[]): void {
    if (!held.has(id)) {
      held.add(id);
      const entry = this.covered.get(id);
      if (entry) entry.holders++;
      else this.covered.set(id, { delta, holders: 1 });
    }
    if (delta.table === 'indexes') this.raise(delta, changes);
    else store(this.tables, delta, changes);
  }

  private drop(id: string, changes: Delta[]): void {
    const entry = this.covered.get(id);
    if (!entry || --entry.holders > 0) return;
    this.covered.delete(id);
    erase(this.tables, entry.delta, changes);
  }

  private raise(delta: Extract<Delta, { table: 'indexes' }>, changes: Delta[]): void {
    if (delta.op === 'put' && delta.row.index > this.tables.indexes.get(delta.row.name))
      store(this.tables, delta, changes);
  }
}

/** Puts a row and notes what was there before, as the machine that applied the command does. */
export function store(tables: Tables, delta: Delta, changes: Delta[]): void {
  const before = tables.table(delta.table).put(delta.row);
  changes.push({ table: delta.table, op: 'put', row: delta.row, before } as Delta);
}

export function erase(tables: Tables, delta: Delta, changes: Delta[]): void {
  const row = tables.table(delta.table).remove(delta.row);
  if (row) changes.push({ table: delta.table, op: 'delete', row } as Delta);
}

/** `service.web` has a dot and belongs to a topic; `services` has none. */
function isTableIndex(delta: Delta): delta is Extract<Delta, { table: 'indexes' }> {
  return delta.table === 'indexes' && !delta.row.name.includes('.');
}
