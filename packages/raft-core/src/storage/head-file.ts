/**
 * A second copy of the log's head, in a small file beside LevelDB.
 *
 * LevelDB drops a damaged record silently. If that record was the newest batch, everything it held is gone without a
 * trace, a vote included. This file is written after each batch is durable, so it never runs ahead of LevelDB; when
 * LevelDB's own head is older, something was lost. It is synced when term or vote change, so those two are always in
 * two places; in between the page cache is enough, which survives kill -9 (after a power cut it may lag, never lie).
 *
 * Two slots are written in turn: a torn write spoils one of them only.
 */
import { closeSync, existsSync, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs';
import { decodeHead, type LogHead } from './log-head';
import { isFromTheFuture } from './storage-error';

const SLOT_BYTES = 4096;

export class HeadFile {
  private descriptor: number | undefined;
  private readonly slot = Buffer.alloc(SLOT_BYTES);

  constructor(private readonly path: string) {}

  /** The newest readable head, if any. Throws RAFT_FORMAT_UNKNOWN. */
  open(): LogHead | undefined {
    this.descriptor = openSync(this.path, existsSync(this.path) ? 'r+' : 'w+');
    const heads = [0, 1].map((slot) => this.readSlot(slot)).filter((head) => head !== undefined);
    return heads.sort((a, b) => b.sequence - a.sequence)[0];
  }

  /** A few microseconds; `sync` adds what the disk takes. */
  write(encodedHead: Buffer, sequence: number, sync: boolean): void {
    this.slot.writeUInt32BE(encodedHead.byteLength, 0);
    this.slot.set(encodedHead, 4);
    writeSync(this.descriptor!, this.slot, 0, encodedHead.byteLength + 4, (sequence % 2) * SLOT_BYTES);
    if (sync) fdatasyncSync(this.descriptor!);
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }

  private readSlot(slot: number): LogHead | undefined {
    const bytes = Buffer.alloc(SLOT_BYTES);
    if (readSync(this.descriptor!, bytes, 0, SLOT_BYTES, slot * SLOT_BYTES) < 4) return undefined;
    const length = bytes.readUInt32BE(0);
    if (length === 0 || length > SLOT_BYTES - 4) return undefined;
    try {
      return decodeHead(bytes.subarray(4, 4 + length));
    } catch (error) {
      if (isFromTheFuture(error)) throw error;
      return undefined;
    }
  }
}
