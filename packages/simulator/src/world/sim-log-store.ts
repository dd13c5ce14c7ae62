import type { Random } from '@tribune/platform';
import type { Entry, LogBatch, LogStore, RestoredLog } from '@tribune/raft-core';
import { MemoryLogStore, type MemoryDisk } from '@tribune/raft-core/testing';
import type { WorldBug } from '../faults/planted-bugs';
import type { MachineClock } from './machine-clock';

export interface DiskFaults {
  /** Longest ordinary write. */
  readonly writeMsMax: number;
  /** How often a write takes twenty times as long. */
  readonly slow: number;
}

/** A disk that takes its time. What was under way when the power fails is there, in part there, or lost. */
export class SimLogStore implements LogStore {
  private readonly inner: MemoryLogStore;
  private readonly underWay = new Set<LogBatch>();
  /** Writes that were acknowledged and are still to be made. */
  private late: Promise<void> = Promise.resolve();

  constructor(
    private readonly disk: MemoryDisk,
    private readonly clock: MachineClock,
    private readonly random: Random,
    private readonly faults: DiskFaults,
    private readonly bug: WorldBug | undefined,
    private readonly onAppend: (batch: LogBatch) => void,
    private readonly onDurable: () => void,
  ) {
    this.inner = new MemoryLogStore(disk);
  }

  /** Nobody hears of these writes any more; the contract allows all of a batch or nothing, and a sound part of new entries. */
  powerOff(): void {
    const [batch] = this.underWay;
    if (!batch || this.bug === 'acknowledgesEarly') return;
    const fate = this.random.integer(3);
    if (fate === 1) void this.inner.append(batch).catch(() => undefined);
    if (fate === 2) this.tear(batch);
  }

  open(): Promise<RestoredLog> {
    return this.inner.open();
  }

  async append(batch: LogBatch): Promise<void> {
    this.onAppend(batch);
    const kept = this.bug === 'forgetsVote' ? withoutVote(batch) : batch;
    if (this.bug === 'acknowledgesEarly') {
      this.late = this.late.then(() => this.delay(5)).then(() => this.inner.append(kept));
      return this.delay(1);
    }
    this.underWay.add(kept);
    await this.delay(1);
    this.underWay.delete(kept);
    this.onDurable();
    if (this.bug === 'keepsReplacedEntries') return this.overwrite(kept);
    return this.inner.append(kept);
  }

  read(from: number, to: number, bytesMax: number): Promise<readonly Entry[]> {
    return this.inner.read(from, to, bytesMax);
  }

  compact(index: number): Promise<void> {
    return this.inner.compact(index);
  }

  freeBytes(): Promise<number> {
    return this.inner.freeBytes();
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  /** A torn tail above the durable floor: the store keeps the entries that are whole. */
  private tear({ entries, hardState, reset }: LogBatch): void {
    const { disk } = this;
    const isBuggy = this.bug === 'tearsBatches';
    const first = entries[0];
    if (!first || reset) return;
    const isPure = hardState === undefined && first.index === disk.base.index + disk.entries.length + 1;
    if (!isPure && !isBuggy) return;
    const whole = entries.slice(0, this.random.integer(entries.length + 1));
    const before = disk.entries.slice(0, first.index - disk.base.index - 1);
    // The bug: what is replaced goes first, what replaces it may never come.
    disk.entries = isBuggy ? before.slice(0, Math.max(0, before.length - 2)) : [...before, ...whole];
  }

  private async overwrite(batch: LogBatch): Promise<void> {
    const { disk } = this;
    const last = batch.entries.at(-1);
    const rest = last && !batch.reset ? disk.entries.slice(last.index - disk.base.index) : [];
    await this.inner.append(batch);
    disk.entries = [...disk.entries, ...rest];
  }

  private delay(factor: number): Promise<void> {
    const { writeMsMax, slow } = this.faults;
    const ms = factor * this.random.next() * writeMsMax * (this.random.next() < slow ? 20 : 1);
    return new Promise((resolve) => this.clock.trueTimer(ms, resolve));
  }
}

function withoutVote(batch: LogBatch): LogBatch {
  const { hardState } = batch;
  return hardState ? { ...batch, hardState: { ...hardState, votedFor: undefined } } : batch;
}
