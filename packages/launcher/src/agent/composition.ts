import type { AgentControl } from '@tribune/catalog-api';
import type { Clock, LogSource, Metrics, Random } from '@tribune/platform';
import type { AgentApi, MembershipApi, StateApi } from '@tribune/protocol';
import type { View } from '@tribune/state-store';
import type { AgentConfig } from '../config/agent-config';
import type { Piece } from '../pieces/piece';
import type { AgentIdentity } from './identity';

/** The ports that every piece shares. */
export interface AgentPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: LogSource;
  readonly metrics: Metrics;
}

export interface CompositionInput {
  readonly config: AgentConfig;
  readonly identity: AgentIdentity;
  readonly ports: AgentPorts;
  readonly control: AgentControl;
  /** A server's storage can no longer be trusted: the process must end. */
  readonly onFatal: (error: Error) => void;
}

/** The pieces of an agent in the order of their start, and what the agent itself asks of them. */
export interface Composition {
  readonly pieces: readonly Piece[];
  readonly membership: MembershipApi;
  readonly reloadDefinitions: AgentApi['reload'];
  readonly state: StateApi;
  reloadDns(config: AgentConfig): void;
  listening(): Listening;
  /** After the pieces have stopped. */
  close(): void;
}

/** What stands between the pieces: where data is written to and read from. */
export interface DataPlane {
  readonly state: StateApi;
  readonly view: View;
}

/** The ports that were really bound, of the first address each; 0 for what is off. */
export interface Listening {
  readonly http: number;
  readonly grpc: number;
  readonly dns: number;
  readonly serfLan: number;
}
