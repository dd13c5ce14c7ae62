import { assert } from '@tribune/platform';
import { applyCommand } from './commands/apply';
import type { Outcome } from './commands/outcome';
import { decodeCommand } from './encoding/command-codec';
import { allRows, encodeChunks } from './snapshot/chunks';
import { hashing, hashNow } from './snapshot/hash';
import { RestoreBuilder } from './snapshot/restore';
import { Tables } from './tables/tables';
import { Transaction } from './transaction/transaction';
import type { Delta, TableName } from './view/delta';
import { LiveView } from './view/live-view';
import type { View } from './view/view';

export interface Applied {
  readonly outcome: Outcome;
  /** What changed, in order; empty when nothing did. */
  readonly deltas: readonly Delta[];
}

export interface Snapshot {
  readonly revision: number;
  /** Encoded rows, at most 256 KiB each. Consume at any pace: writes that go on meanwhile are not in it. */
  chunks(): Iterable<Uint8Array>;
  /** The rows themselves, for topics and tests. */
  readonly tables: Tables;
}

/**
 * The replicated state machine. Everything it does follows from the sequence of `apply` calls alone: the same commands
 * at the same indexes give the same tables, outcomes and deltas on every server.
 */
export class StateMachine {
  private tables = new Tables();
  private readonly live = new LiveView(this.tables);

  /** The index of the last command applied or snapshot restored. */
  get revision(): number {
    return this.live.revision;
  }

  /** The tables themselves as a view: for front ends on this thread. */
  get view(): View {
    return this.live;
  }

  /**
   * Applies one committed command. Indexes ascend; gaps are fine (Raft's own entries). Throws only for bytes or commands
   * that this program does not know, which must stop the node: going on would make its state differ from the others'.
   */
  apply(index: number, command: Uint8Array): Applied {
    assert(index > this.live.revision, 'commands are applied in the order of their indexes');
    const transaction = new Transaction(this.tables, index);
    const outcome = applyCommand(transaction, decodeCommand(command));
    this.live.advance(index, transaction.deltas);
    return { outcome, deltas: transaction.deltas };
  }

  /** Notes an index that carries no command (a leader's first entry, a configuration), so that fences can pass it. */
  skipTo(index: number): void {
    if (index > this.live.revision) this.live.advance(index, []);
  }

  snapshot(): Snapshot {
    const tables = this.tables.clone();
    return { revision: this.live.revision, tables, chunks: () => encodeChunks(allRows(tables)) };
  }

  /** Everything is replaced when `finish` is called, and nothing before. Everybody who waits is woken. */
  restore(revision: number): RestoreBuilder {
    return new RestoreBuilder((tables) => {
      this.tables = tables;
      this.live.replace(tables, revision);
    });
  }

  hash(table?: TableName): string {
    return hashNow(this.tables, table);
  }

  /** The same in steps over a consistent cut, for tables too large to hash in one go. */
  hashing(table?: TableName): Generator<void, string> {
    return hashing(this.tables.clone(), table);
  }
}
