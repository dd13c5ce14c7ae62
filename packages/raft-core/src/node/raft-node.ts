import type { Clock, Logger, Metrics, Random, Startable } from '@tribune/platform';
import type { Server, ServerId } from '../core/message';
import type { LogStore } from '../storage/log-store';
import type { SnapshotStore } from '../storage/snapshot-store';
import type { PeerTransport } from '../transport/peer-transport';
import type {
  MembershipChange,
  MembershipOutcome,
  NodeEvent,
  NodeStatus,
  ProposeOutcome,
  ReadIndexOutcome,
  TransferOutcome,
} from './outcomes';
import { completeOptions, type RaftNodeOptions } from './options';
import type { StateMachine } from './state-machine';

export interface RaftNodeCollaborators {
  readonly logStore: LogStore;
  readonly snapshotStore: SnapshotStore;
  readonly transport: PeerTransport;
  readonly stateMachine: StateMachine;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics?: Metrics;
}

/** One server of the consensus group. */
export class RaftNode implements Startable {
  private readonly options: RaftNodeOptions;
  private readonly listeners = new Set<(event: NodeEvent) => void>();

  constructor(
    options: Partial<RaftNodeOptions> & Pick<RaftNodeOptions, 'id' | 'address'>,
    protected readonly collaborators: RaftNodeCollaborators,
  ) {
    this.options = completeOptions(options);
  }

  /** Opens and checks the log, restores the newest snapshot, starts ticking. Throws what makes the data unusable. */
  async start(): Promise<void> {}
  /** Resolves when nothing of its own is under way; the stores are closed, waiting proposals are `unknown`. */
  async stop(): Promise<void> {}

  /** Only on the leader; the front end follows `leaderId`. Resolves once applied here. */
  propose(_command: Uint8Array): Promise<ProposeOutcome> {
    throw new Error('under construction');
  }

  /** A linearizable read index (R7). Synchronous when this server leads alone. The caller waits for its view. */
  readIndex(): ReadIndexOutcome | Promise<ReadIndexOutcome> {
    throw new Error('under construction');
  }

  status(): NodeStatus {
    throw new Error(`under construction ${this.options.id}`);
  }

  /** First configuration of a new group; refused (throws RAFT_ALREADY_BOOTSTRAPPED) once there is any log. */
  async bootstrap(_servers: readonly Server[]): Promise<void> {}

  /** All changes as one atomic step. Resolves when the final configuration is committed. */
  changeMembership(_changes: readonly MembershipChange[]): Promise<MembershipOutcome> {
    throw new Error('under construction');
  }

  /** To `target`, or to the voter that is furthest ahead. */
  transferLeadership(_target?: ServerId): Promise<TransferOutcome> {
    throw new Error('under construction');
  }

  /** Takes a snapshot now, whatever the threshold says. */
  async takeSnapshot(): Promise<void> {}

  /** Calls `listener` for each event until the returned function is called. */
  on(listener: (event: NodeEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
