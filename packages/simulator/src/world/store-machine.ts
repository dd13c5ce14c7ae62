import type { KvEntry } from '@tribune/protocol';
import type { StateMachine } from '@tribune/raft-core';
import { decodeCommand, encodeCommand, kvGet, StateMachine as Store } from '@tribune/state-store';
import type { WorldBug } from '../faults/planted-bugs';

/** The production state machine, watched. */
export class StoreMachine implements StateMachine {
  private readonly store = new Store();

  constructor(
    private readonly onApply: (index: number, command: Uint8Array) => void,
    private readonly bug: WorldBug | undefined,
  ) {}

  get appliedIndex(): number {
    return this.store.revision;
  }

  apply(index: number, command: Uint8Array): unknown {
    this.onApply(index, command);
    return this.store.apply(index, this.bug === 'ignoresIndex' ? withoutIndex(command) : command).outcome;
  }

  appliedBatch(index: number): void {
    this.store.skipTo(index);
  }

  snapshot(): { index: number; chunks: Iterable<Uint8Array> } {
    const { revision, chunks } = this.store.snapshot();
    return { index: revision, chunks: chunks() };
  }

  async restore(chunks: AsyncIterable<Uint8Array>, index: number): Promise<void> {
    const parts: Uint8Array[] = [];
    for await (const part of chunks) parts.push(part);
    if (this.bug === 'skipsRestore') return this.store.skipTo(index);
    const builder = this.store.restore(index);
    for (const part of parts) builder.push(part);
    builder.finish();
  }

  row(key: string): KvEntry | undefined {
    return kvGet(this.store.view.tables, key).value;
  }

  hash(): string {
    return this.store.hash();
  }
}

/** The bug: check-and-set forgets the check. */
function withoutIndex(bytes: Uint8Array): Uint8Array {
  const command = decodeCommand(bytes);
  if (command.type !== 'kv' || command.operation.verb !== 'cas') return bytes;
  const { key, value, flags } = command.operation;
  return encodeCommand({ type: 'kv', operation: { verb: 'set', key, value, flags } });
}
