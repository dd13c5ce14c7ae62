import type { TermStart } from '../core/config';
import { decodeConfiguration } from '../core/configuration-codec';
import type { Entry, HardState, LogIndex, LogPosition } from '../core/message';
import type { LogBatch, LogStore, RestoredLog } from '../storage/log-store';

/** What survives when a {@link MemoryLogStore} is closed or its server crashes: give it to the next one. */
export class MemoryDisk {
  hardState: HardState = { term: 0, votedFor: undefined };
  base: LogPosition = { index: 0, term: 0 };
  entries: readonly Entry[] = [];
  distrustedUpTo = 0;
  freeBytes = Infinity;
  /** The next append fails with this, as does everything after it. */
  failure: Error | undefined;
}

/** A log in memory with the contract of a log on disk. A batch is durable one turn of the event loop after `append`. */
export class MemoryLogStore implements LogStore {
  private isOpen = false;
  private poison: Error | undefined;

  constructor(readonly disk: MemoryDisk = new MemoryDisk()) {}

  async open(): Promise<RestoredLog> {
    this.isOpen = true;
    const { hardState, base, entries, distrustedUpTo } = this.disk;
    const termStarts: TermStart[] = [];
    for (const { term, index } of entries) if (termStarts.at(-1)?.term !== term) termStarts.push({ term, index });
    const configurations = entries
      .filter((entry) => entry.kind === 'configuration')
      .map(({ index, data }) => ({ index, configuration: decodeConfiguration(data) }));
    const lastIndex = base.index + entries.length;
    return {
      hardState,
      base,
      lastIndex,
      termStarts,
      configurations,
      distrustedUpTo: distrustedUpTo || undefined,
      hasTornTail: false,
    };
  }

  async append(batch: LogBatch): Promise<void> {
    await Promise.resolve();
    this.poison ??= this.isOpen ? this.disk.failure : new Error('the log is not open');
    if (this.poison) throw this.poison;
    const { disk } = this;
    if (batch.reset) {
      disk.base = batch.reset;
      disk.entries = [];
    }
    const first = batch.entries[0];
    if (first) disk.entries = [...disk.entries.slice(0, first.index - disk.base.index - 1), ...batch.entries];
    disk.hardState = batch.hardState ?? disk.hardState;
    const owed = Math.max(disk.distrustedUpTo, batch.distrustedUpTo ?? 0);
    disk.distrustedUpTo = disk.base.index + disk.entries.length >= owed ? 0 : owed;
  }

  async read(from: LogIndex, to: LogIndex, bytesMax: number): Promise<readonly Entry[]> {
    const { base, entries } = this.disk;
    if (from <= base.index) return [];
    const wanted = entries.slice(from - base.index - 1, to - base.index);
    if (wanted.length === 0) throw new Error(`log entry ${from} is missing`);
    let bytes = 0;
    const cut = wanted.findIndex((entry, i) => (bytes += entry.data.byteLength) > bytesMax && i > 0);
    return cut < 0 ? wanted : wanted.slice(0, cut);
  }

  async compact(index: LogIndex): Promise<void> {
    const { base, entries } = this.disk;
    if (index <= base.index) return;
    this.disk.base = { index, term: entries[index - base.index - 1]!.term };
    this.disk.entries = entries.slice(index - base.index);
  }

  async freeBytes(): Promise<number> {
    return this.disk.freeBytes;
  }

  async close(): Promise<void> {
    this.isOpen = false;
  }
}
