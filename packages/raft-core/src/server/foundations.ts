import type { Clock, Logger, Metrics, Random } from '@tribune/platform';
import type { MembershipApi } from '@tribune/protocol';
import type { GrpcPeerTransport } from '../transport/grpc-peer-transport';
import type { LanMembers } from './lan-members';
import type { ServerMetrics } from './metrics';
import type { RaftServerOptions } from './options';
import type { ReplicatedState } from './replicated-state';

export interface RaftServerCollaborators {
  readonly membership: MembershipApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The poison latch closed: this server does nothing more, and its process should exit. */
  readonly onFatal?: (error: Error) => void;
}

/** What exists before the server RPC port is bound. */
export interface Foundations {
  readonly options: RaftServerOptions;
  readonly collaborators: RaftServerCollaborators;
  readonly replicated: ReplicatedState;
  readonly members: LanMembers;
  readonly transport: GrpcPeerTransport;
  readonly metrics: ServerMetrics;
  readonly dataDir: string;
  /** Where other servers reach this one. */
  readonly address: string;
}
