import type { Clock, Random } from '@tribune/platform';
import type { Entry, LogBatch, LogStore, RestoredLog } from '@tribune/raft-core';
import { MemoryLogStore, type MemoryDisk } from '@tribune/raft-core/testing';

export interface DiskFaults {
  /** Longest ordinary write. */
  readonly writeMsMax: number;
  /** How often a write takes twenty times as long. */
  readonly slow: number;
  /** Planted bug: says `durable` first and writes afterwards. */
  readonly acknowledgesEarly?: boolean;
  /** Planted bug: never keeps a vote. */
  readonly forgetsVote?: boolean;
}

/** A disk that takes its time, and loses what was under way when the power fails. */
export class SimLogStore implements LogStore {
  private readonly inner: MemoryLogStore;
  private hasPower = true;
  /** Writes that were acknowledged and are still to be made. */
  private late: Promise<void> = Promise.resolve();

  constructor(
    disk: MemoryDisk,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly faults: DiskFaults,
  ) {
    this.inner = new MemoryLogStore(disk);
  }

  /** Writes that are under way never finish, neither on the disk nor for their caller. */
  powerOff(): void {
    this.hasPower = false;
  }

  open(): Promise<RestoredLog> {
    return this.inner.open();
  }

  async append(batch: LogBatch): Promise<void> {
    const { acknowledgesEarly, forgetsVote } = this.faults;
    const { hardState } = batch;
    const kept = forgetsVote && hardState ? { ...batch, hardState: { ...hardState, votedFor: undefined } } : batch;
    if (acknowledgesEarly) {
      this.late = this.late.then(() => this.delay(5)).then(() => this.inner.append(kept));
      return this.delay(1);
    }
    await this.delay(1);
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

  private delay(factor: number): Promise<void> {
    const { writeMsMax, slow } = this.faults;
    const ms = factor * this.random.next() * writeMsMax * (this.random.next() < slow ? 20 : 1);
    return new Promise((resolve) => this.clock.setTimer(ms, () => this.hasPower && resolve()));
  }
}
