import { assert } from '@tribune/platform';
import { applyCommand } from './commands/apply';
import type { AuditCommand, RestoreCommand } from './commands/command';
import { flawOf, isRestoreCommand } from './commands/command-shape';
import { setEntryAlone } from './commands/kv-set';
import type { Outcome } from './commands/outcome';
import { decodeCommand } from './encoding/command-codec';
import { readKvSet } from './encoding/kv-set-codec';
import { stateChunks } from './snapshot/chunks';
import { hashing, hashNow } from './snapshot/hash';
import { RestoreBuilder } from './snapshot/restore';
import { restoreStep, type Staging } from './snapshot/staging';
import { Tables } from './tables/tables';
import { Transaction } from './transaction/transaction';
import type { Delta, TableName } from './view/delta';
import { LiveView } from './view/live-view';
import type { View } from './view/view';

export interface Applied {
  readonly outcome: Outcome;
  /** What changed, in order; empty when nothing did. */
  readonly deltas: readonly Delta[];
  /** Other tables took the place of the old ones, and `deltas` does not say what changed. */
  readonly replaced?: boolean;
  /** Somebody asks for the hashes of all tables as they are now. */
  readonly audit?: AuditCommand;
}

export interface Snapshot {
  readonly revision: number;
  /** Encoded rows, see {@link CHUNK_BYTES_MAX} and {@link CHUNK_ROWS_MAX}. Consume at any pace: writes that go on meanwhile are not in it. */
  chunks(): Iterable<Uint8Array>;
  /** The rows themselves, for topics and tests. */
  readonly tables: Tables;
}

const DONE: Outcome = { kind: 'done', ok: true };

/**
 * The replicated state machine. Everything it does follows from the sequence of `apply` calls alone: the same commands
 * at the same indexes give the same tables, outcomes and deltas on every server.
 */
export class StateMachine {
  private tables = new Tables();
  private readonly live = new LiveView(this.tables);
  private staging: Staging | undefined;

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
    // Most commands by far, and what this decoder takes is well-formed.
    const set = readKvSet(command);
    if (set) return this.applyAlone(index, setEntryAlone(this.tables, set, index));
    const decoded = decodeCommand(command);
    if (decoded?.type === 'audit') return this.applyAudit(index, decoded);
    if (isRestoreCommand(decoded)) return this.applyRestore(index, decoded);
    const transaction = new Transaction(this.tables, index);
    const outcome = applyCommand(transaction, decoded);
    this.live.advance(index, transaction.deltas);
    return { outcome, deltas: transaction.deltas };
  }

  /** Notes an index that carries no command (a leader's first entry, a configuration), so that fences can pass it. */
  skipTo(index: number): void {
    if (index > this.live.revision) this.live.advance(index, []);
  }

  snapshot(): Snapshot {
    const tables = this.tables.clone();
    const staging = this.staging?.clone();
    return { revision: this.live.revision, tables, chunks: () => stateChunks(tables, staging) };
  }

  /** Everything is replaced when `finish` is called, and nothing before. Everybody who waits is woken. */
  restore(revision: number): RestoreBuilder {
    return new RestoreBuilder((tables, staging) => {
      this.staging = staging;
      this.replace(tables, revision);
    });
  }

  hash(table?: TableName): string {
    return hashNow(this.tables, table);
  }

  /** The same in steps over a consistent cut, for tables too large to hash in one go. */
  hashing(table?: TableName): Generator<void, string> {
    return hashing(this.tables.clone(), table);
  }

  /** The restore that is under way, and how far it is; undefined when there is none. */
  get restoring(): { readonly id: string; readonly chunks: number } | undefined {
    return this.staging && { id: this.staging.id, chunks: this.staging.next };
  }

  private applyAlone(index: number, deltas: readonly Delta[]): Applied {
    this.live.advance(index, deltas);
    return { outcome: DONE, deltas };
  }

  private applyRestore(index: number, command: RestoreCommand): Applied {
    const flaw = flawOf(command);
    if (flaw !== undefined) {
      this.live.advance(index, []);
      return { outcome: { kind: 'error', message: `Malformed command: ${flaw}` }, deltas: [] };
    }
    const { outcome, staging, replacement } = restoreStep(index, command, this.staging);
    this.staging = staging;
    if (replacement) this.replace(replacement, index);
    else this.live.advance(index, []);
    return { outcome, deltas: [], replaced: replacement !== undefined };
  }

  private applyAudit(index: number, audit: AuditCommand): Applied {
    this.live.advance(index, []);
    const flaw = flawOf(audit);
    if (flaw !== undefined) return { outcome: { kind: 'error', message: `Malformed command: ${flaw}` }, deltas: [] };
    return { outcome: DONE, deltas: [], audit };
  }

  private replace(tables: Tables, revision: number): void {
    this.tables = tables;
    this.live.replace(tables, revision);
  }
}
