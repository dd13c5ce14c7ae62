import type { Clock } from '@tribune/platform';
import type { LogIndex, SnapshotMeta } from '../core/message';
import type { LogLoad, Persist } from '../core/ready';
import type { LogStore } from '../storage/log-store';
import type { PeerTransport } from '../transport/peer-transport';
import type { DriveLoop } from './drive-loop';
import type { RaftMetrics } from './metrics';

export interface LogWorkCollaborators {
  readonly loop: DriveLoop;
  readonly logStore: LogStore;
  readonly transport: PeerTransport;
  readonly clock: Clock;
  readonly metrics: RaftMetrics;
  /** The disk has the space of the log up to here again. */
  readonly cleared: (upTo: LogIndex) => void;
  /** A snapshot took the place of the log: the state machine follows. */
  readonly restore: (meta: SnapshotMeta) => Promise<void>;
}

/** What the core asks of the log on disk. */
export class LogWork {
  constructor(private readonly collaborators: LogWorkCollaborators) {}

  async persist(batch: Persist, restore: SnapshotMeta | undefined): Promise<void> {
    const { hardState, reset, entries } = batch;
    const { loop, logStore, transport, clock, metrics } = this.collaborators;
    const startedMs = clock.monotonicMs();
    await logStore.append({ hardState, reset, entries });
    metrics.persistSeconds.observe((clock.monotonicMs() - startedMs) / 1000);
    metrics.persistEntries.observe(entries.length);
    if (!loop.isRunning) return;
    for (const message of batch.thenSend) transport.send(message);
    loop.core.persisted(batch);
    loop.turn();
    if (restore) await this.collaborators.restore(restore);
  }

  async load(load: LogLoad): Promise<void> {
    const { loop, logStore } = this.collaborators;
    const entries = await logStore.read(load.from, load.to, load.bytesMax);
    loop.input((raft) => raft.loaded(load, entries));
  }

  async compact(upTo: LogIndex): Promise<void> {
    await this.collaborators.logStore.compact(upTo);
    this.collaborators.cleared(upTo);
  }
}
