import type { Clock, Logger, Random } from '@tribune/platform';
import type { Profile } from '../config/profiles';
import type { Alive } from '../core/messages';
import type { GossipMetrics } from '../metrics';
import type { KeyStore } from '../serf/key-operations';
import type { MemberChange } from '../serf/member-book';
import type { SerfConfig } from '../serf/serf-config';
import type { EventMessage, QueryMessage } from '../serf/serf-messages';
import type { Tags } from '../serf/tags-codec';
import type { StreamSecurity } from '../transport/codec/stream-codec';

export interface PoolNodeOptions {
  readonly pool: 'lan' | 'wan';
  readonly name: string;
  readonly bindAddress: string;
  readonly advertiseAddress: string | undefined;
  readonly port: number;
  readonly advertisePort: number | undefined;
  readonly knobs: Profile;
  readonly serf: Partial<SerfConfig> | undefined;
  readonly tags: Tags;
  readonly security: StreamSecurity;
  readonly snapshotPath: string | undefined;
  readonly rejoinAfterLeave: boolean;
}

export interface PoolNodeCollaborators {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: GossipMetrics;
  readonly keys: KeyStore | undefined;
  readonly memberChanged: (change: MemberChange) => void;
  readonly userEvent: (event: EventMessage) => void;
  /** Another agent has our name, and most members know that one. */
  readonly nameLost: () => void;
  /** Why a member must not enter the pool; undefined lets it in. */
  readonly admit: (alive: Alive) => string | undefined;
  /** A query of users that is meant for us; `PoolNode.answer` answers it. */
  readonly asked: (query: QueryMessage) => void;
}
