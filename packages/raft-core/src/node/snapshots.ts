import type { Clock, Logger } from '@tribune/platform';
import type { LogIndex, ServerId, SnapshotMeta, Term } from '../core/message';
import type { ByteChunks, SnapshotStore } from '../storage/snapshot-store';
import type { PeerTransport, SnapshotHeader } from '../transport/peer-transport';
import { AppliedVolume } from './applied-volume';
import type { RaftNodeOptions } from './options';
import { SnapshotIntake } from './snapshot-intake';
import type { StateMachine } from './state-machine';

/** Time for one snapshot to travel: a base, and more for larger ones (R19). 4 MiB/s is slower than any usable link. */
const SEND_BASE_MS = 10_000;
const SEND_BYTES_PER_MS = 4 * 1024;

/** A state up to this size is written in a few milliseconds. */
const SMALL_STATE_BYTES = 256 * 1024;
/**
 * Of a larger one, how much log must have come for the next snapshot, in sizes of the last one, so that the cost for each
 * command is bounded; and how many times the usual number of entries may come meanwhile, which a start reads again.
 */
const LOG_PER_STATE = 4;

export interface SnapshotsCollaborators {
  readonly snapshotStore: SnapshotStore;
  readonly stateMachine: StateMachine;
  readonly transport: PeerTransport;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** When to take a snapshot, how to take one without stopping writes, and how to send one. */
export class Snapshots {
  readonly volume = new AppliedVolume();
  private taking: Promise<LogIndex> | undefined;
  readonly intake: SnapshotIntake;
  /** Of {@link volume}, what the disk has no longer. Kept, as every proposal asks how much it has. */
  private clearedVolume = 0;
  private readonly stopping = new AbortController();

  constructor(
    private readonly options: RaftNodeOptions,
    private readonly collaborators: SnapshotsCollaborators,
  ) {
    this.intake = new SnapshotIntake(collaborators.snapshotStore, collaborators.clock);
  }

  get latest(): SnapshotMeta | undefined {
    return this.collaborators.snapshotStore.latest()?.meta;
  }

  get bytes(): number {
    return this.collaborators.snapshotStore.latest()?.bytes ?? 0;
  }

  /** A durable one holds everything up to `index`. */
  covers(index: LogIndex): boolean {
    return (this.latest?.index ?? 0) >= index;
  }

  isDue(appliedIndex: LogIndex): boolean {
    if (this.taking || this.stopping.signal.aborted) return false;
    const last = this.latest?.index ?? 0;
    const { snapshotThreshold, snapshotThresholdBytes } = this.options;
    const entries = appliedIndex - last;
    const bytes = this.volume.since(last);
    if (entries >= LOG_PER_STATE * snapshotThreshold || bytes >= snapshotThresholdBytes) return true;
    return entries >= snapshotThreshold && bytes >= this.worthwhileBytes;
  }

  /** Less log than this is not worth writing the whole state out again: to read it at a start takes no longer. */
  private get worthwhileBytes(): number {
    return this.bytes < SMALL_STATE_BYTES ? 0 : LOG_PER_STATE * this.bytes;
  }

  /** The log on disk is longer than snapshots can be expected to keep it. */
  get logIsTooLong(): boolean {
    const { logBytesMax, snapshotThresholdBytes, trailingBytes } = this.options;
    // Never before a snapshot is due: it would wait for writes that wait for it.
    const least = 2 * (snapshotThresholdBytes + trailingBytes);
    return this.volume.total - this.clearedVolume > Math.max(logBytesMax, least, 2 * this.bytes);
  }

  /** The log up to here is gone from the disk. */
  cleared(index: LogIndex): void {
    this.clearedVolume = this.volume.upTo(index);
    this.volume.forget(index);
  }

  /** The log up to here may go once the snapshot at `index` is durable. */
  compactionPoint(index: LogIndex): LogIndex {
    const { trailingLogs, trailingBytes } = this.options;
    return Math.min(index, Math.max(index - trailingLogs, this.volume.indexBehind(trailingBytes)));
  }

  /** The cut is made at once; the writing goes on beside new commands. Resolves with the index that is covered. */
  take(meta: SnapshotMeta): Promise<LogIndex> {
    this.taking ??= this.save(meta).finally(() => (this.taking = undefined));
    return this.taking;
  }

  /** Rejects when the follower did not make it durable. */
  async send(from: ServerId, to: ServerId, term: Term): Promise<LogIndex> {
    const { snapshotStore, transport, clock } = this.collaborators;
    const snapshot = snapshotStore.latest();
    if (!snapshot) throw new Error('there is no snapshot to send');
    const header: SnapshotHeader = { from, to, term, meta: snapshot.meta, bytes: snapshot.bytes };
    const deadline = new AbortController();
    const timer = clock.setTimer(SEND_BASE_MS + snapshot.bytes / SEND_BYTES_PER_MS, () => deadline.abort());
    const signal = AbortSignal.any([deadline.signal, this.stopping.signal]);
    try {
      await transport.sendSnapshot(
        header,
        again(() => snapshot.chunks()),
        signal,
      );
    } finally {
      timer.cancel();
    }
    return snapshot.meta.index;
  }

  /** Resolves when nothing is being written. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.intake.stop();
    await this.taking?.catch(() => undefined);
  }

  private async save(meta: SnapshotMeta): Promise<LogIndex> {
    const { snapshotStore, stateMachine, logger, clock } = this.collaborators;
    const startedMs = clock.monotonicMs();
    const { chunks } = stateMachine.snapshot();
    const { bytes } = await snapshotStore.save(meta, untilAborted(chunks, this.stopping.signal));
    logger.info('took a snapshot', { index: meta.index, bytes, tookMs: Math.round(clock.monotonicMs() - startedMs) });
    return meta.index;
  }
}

/** Can be iterated more than once. */
const again = (chunks: () => AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> => ({
  [Symbol.asyncIterator]: () => chunks()[Symbol.asyncIterator](),
});

/** A server that stops does not wait for the rest of a large snapshot. */
async function* untilAborted(chunks: ByteChunks, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    if (signal.aborted) throw new Error('the server stops');
    yield chunk;
  }
}
