import type { KvEntry } from '@tribune/protocol';
import type { StateMachine } from '@tribune/raft-core';
import { decodeCommand, encodeCommand, kvGet, StateMachine as Store, type View } from '@tribune/state-store';
import type { WorldBug } from '../faults/planted-bugs';

/** Snapshots travel in pieces of this size, so that even a small state has several. */
const PIECE_BYTES = 256;

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
    return this.store.apply(index, this.tampered(command)).outcome;
  }

  private tampered(command: Uint8Array): Uint8Array {
    if (this.bug === 'ignoresIndex') return withoutIndex(command);
    return this.bug === 'skipsLockDelay' ? withoutLockDelay(command) : command;
  }

  appliedBatch(index: number): void {
    this.store.skipTo(index);
  }

  snapshot(): { index: number; chunks: Iterable<Uint8Array> } {
    const { revision, chunks } = this.store.snapshot();
    return { index: revision, chunks: piecesOf(chunks()) };
  }

  /** No session is left that could hold a lock, and no lock delay. */
  get isFreeOfLocks(): boolean {
    const { sessions, lockDelays } = this.store.view.tables;
    return [...sessions.rows(), ...lockDelays.rows()].length === 0;
  }

  get view(): View {
    return this.store.view;
  }

  async restore(chunks: AsyncIterable<Uint8Array>, index: number): Promise<void> {
    const pieces: Uint8Array[] = [];
    for await (const piece of chunks) pieces.push(piece);
    if (this.bug === 'skipsRestore') return this.store.skipTo(index);
    const builder = this.store.restore(index);
    for (const chunk of wholeChunks(Buffer.concat(pieces))) builder.push(chunk);
    builder.finish();
  }

  row(key: string): KvEntry | undefined {
    return kvGet(this.store.view.tables, key).value;
  }

  hash(): string {
    return this.store.hash();
  }
}

function* piecesOf(chunks: Iterable<Uint8Array>): Iterable<Uint8Array> {
  for (const chunk of chunks) {
    const framed = Buffer.alloc(4 + chunk.byteLength);
    framed.writeUInt32BE(chunk.byteLength);
    framed.set(chunk, 4);
    for (let at = 0; at < framed.length; at += PIECE_BYTES) yield framed.subarray(at, at + PIECE_BYTES);
  }
}

/** A snapshot that lacks a piece, or has one twice, must never get as far as here. */
function* wholeChunks(bytes: Buffer): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new Error('half a snapshot was restored');
    yield bytes.subarray(at + 4, end);
    at = end;
  }
}

/** The bug: check-and-set forgets the check. */
function withoutIndex(bytes: Uint8Array): Uint8Array {
  const command = decodeCommand(bytes);
  if (command.type !== 'kv' || command.operation.verb !== 'cas') return bytes;
  const { key, value, flags } = command.operation;
  return encodeCommand({ type: 'kv', operation: { verb: 'set', key, value, flags } });
}

/** The bug: whoever comes next gets the lock of a holder that does not know yet. */
function withoutLockDelay(bytes: Uint8Array): Uint8Array {
  const command = decodeCommand(bytes);
  if (command.type !== 'session-create') return bytes;
  return encodeCommand({ ...command, session: { ...command.session, lockDelayNs: 0 } });
}
