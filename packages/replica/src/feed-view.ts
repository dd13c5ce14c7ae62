import type { Clock, Logger, Metrics, Random, Readiness, Startable } from '@tribune/platform';
import type { StateApi } from '@tribune/protocol';
import type { View } from '@tribune/state-store';

export interface ReplicaOptions {
  /** `all`: everything, always (servers and dedicated front ends). `on-demand`: what is read (client agents). */
  readonly topics: 'all' | 'on-demand';
  /** An unused topic is let go after this time. @default 60000 */
  readonly idleMs?: number;
  /** Topics followed at the same time; over it the least recently used one goes. @default 1024 */
  readonly topicsMax?: number;
  /** How long a first read of a topic waits for its rows. @default 10000 */
  readonly requireTimeoutMs?: number;
}

export interface ReplicaCollaborators {
  readonly state: Pick<StateApi, 'feed'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** A view kept by the Feed. It keeps what it has while no server can be reached. */
export interface FeedView extends View, Startable {
  readiness(): Readiness;
  /** Resolves when the first rows are here (partial views: when the feed is open). */
  whenReady(): Promise<void>;
}
