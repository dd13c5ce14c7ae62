import { assert, messageOf, type Clock, type Logger } from '@tribune/platform';
import type { InstallSnapshot, ServerId, SnapshotMeta } from '../core/message';
import type { SnapshotStore } from '../storage/snapshot-store';
import type { SnapshotHeader } from '../transport/peer-transport';
import type { Announcer } from './announcer';
import type { DriveLoop } from './drive-loop';
import type { RaftMetrics } from './metrics';
import type { Snapshots } from './snapshots';
import type { StateMachine } from './state-machine';

export interface SnapshotWorkSettings {
  readonly id: ServerId;
  /** Before a follower that did not take a snapshot is offered one again. */
  readonly retryMs: number;
}

export interface SnapshotWorkCollaborators {
  readonly loop: DriveLoop;
  readonly snapshots: Snapshots;
  readonly snapshotStore: SnapshotStore;
  readonly stateMachine: StateMachine;
  readonly announcer: Announcer;
  readonly metrics: RaftMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What the core and its peers ask about snapshots, and what the core hears of it. */
export class SnapshotWork {
  constructor(
    private readonly settings: SnapshotWorkSettings,
    private readonly collaborators: SnapshotWorkCollaborators,
  ) {}

  /** Nothing happens when nothing was applied since the last one. */
  async take(): Promise<void> {
    const { loop, snapshots, announcer } = this.collaborators;
    const { core } = loop;
    const index = core.appliedIndex;
    if (index <= (snapshots.latest?.index ?? 0)) return;
    const meta: SnapshotMeta = { index, term: core.termAt(index)!, configuration: core.configurationAt(index) };
    const covered = await snapshots.take(meta);
    announcer.emit({ kind: 'snapshotTaken', index: covered });
    loop.input((raft) => raft.compact(snapshots.compactionPoint(covered)));
  }

  takeIfDue(): Promise<void> | undefined {
    const { loop, snapshots } = this.collaborators;
    return snapshots.isDue(loop.core.appliedIndex) ? this.take() : undefined;
  }

  async send(to: ServerId): Promise<void> {
    const { loop, snapshots, metrics, logger, clock } = this.collaborators;
    logger.info('sending a snapshot', { to, index: snapshots.latest?.index });
    try {
      const index = await snapshots.send(this.settings.id, to, loop.core.term);
      metrics.snapshotsSent.inc({ outcome: 'delivered' });
      loop.input((raft) => raft.snapshotSent(to, index));
    } catch (error) {
      metrics.snapshotsSent.inc({ outcome: 'failed' });
      logger.warn('a snapshot was not delivered', { to, error: messageOf(error) });
      // Not at once: a follower that refuses would otherwise be asked without pause.
      clock.setTimer(this.settings.retryMs, () => loop.input((raft) => raft.snapshotSent(to, undefined)));
    }
  }

  /** What the core is told once the snapshot is durable here. */
  async receive(header: SnapshotHeader, chunks: AsyncIterable<Uint8Array>): Promise<InstallSnapshot> {
    const { loop, snapshots } = this.collaborators;
    if (!loop.isRunning) throw new Error('this server is not running');
    if (loop.core.isRestoring) throw new Error('another snapshot is being restored');
    const { from, to, term, meta } = header;
    if (meta.index > loop.core.commitIndex && !snapshots.covers(meta.index))
      await snapshots.intake.receive(header, chunks);
    // A newer one may be here from a leader that was deposed while it came: what it holds is committed, and the store
    // gives out the newest only.
    const snapshot = snapshots.covers(meta.index) ? snapshots.latest! : meta;
    return { type: 'installSnapshot', from, to, term, snapshot };
  }

  async restore(meta: SnapshotMeta): Promise<void> {
    const { loop, snapshotStore, stateMachine, announcer, logger } = this.collaborators;
    const snapshot = snapshotStore.latest();
    assert(snapshot && snapshot.meta.index === meta.index, 'the snapshot to restore is the newest one');
    await stateMachine.restore(snapshot.chunks(), meta.index);
    logger.info('installed a snapshot', { index: meta.index, term: meta.term, bytes: snapshot.bytes });
    announcer.emit({ kind: 'snapshotInstalled', index: meta.index });
    loop.input((raft) => raft.restored());
  }
}
