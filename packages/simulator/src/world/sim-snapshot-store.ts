import type { StoredSnapshot } from '@tribune/raft-core';
import { MemorySnapshotStore } from '@tribune/raft-core/testing';
import type { MachineClock } from './machine-clock';

type Save = MemorySnapshotStore['save'];

/** Snapshots that take time, chunk by chunk; one that is not whole when the power fails was never there. */
export class SimSnapshotStore {
  constructor(
    private readonly disk: MemorySnapshotStore,
    private readonly clock: MachineClock,
  ) {}

  open(): Promise<StoredSnapshot | undefined> {
    return this.disk.open();
  }

  latest(): StoredSnapshot | undefined {
    return this.disk.latest();
  }

  save(meta: Parameters<Save>[0], chunks: Parameters<Save>[1]): Promise<StoredSnapshot> {
    return this.disk.save(meta, this.slowly(chunks));
  }

  private async *slowly(chunks: Parameters<Save>[1]): AsyncIterable<Uint8Array> {
    for await (const chunk of chunks) {
      await this.wait(2);
      yield chunk;
    }
    await this.wait(5);
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.trueTimer(ms, resolve));
  }
}
