import type { Random } from '@tribune/platform';
import type { Awareness } from './awareness';
import type { BroadcastQueue } from './broadcast-queue';
import type { Hearing } from './hearing';
import type { MemberTable } from './member-table';
import type { Alive, Message, User } from './messages';
import type { Outbox } from './ready';
import type { SwimConfig } from './swim-config';
import type { TimerQueue } from './timer-queue';

/** What the layer above contributes; all of it synchronous and pure. */
export interface SwimDelegate {
  /** Travels in our acks: the network coordinate. */
  ackPayload(): Uint8Array;
  /** Messages of the layer above for a packet with `bytesMax` bytes left, each costing `overhead` more. */
  takeBroadcasts(overhead: number, bytesMax: number, sendsMax: number): readonly User[];
  hasBroadcasts(): boolean;
  /** Why this member must not enter the pool; undefined lets it in. */
  admit(alive: Alive): string | undefined;
}

export interface SwimCollaborators {
  readonly random: Random;
  /** Encoded size in bytes. */
  readonly measure: (message: Message) => number;
  readonly delegate: SwimDelegate;
}

/** What the parts of the machine share. */
export interface SwimContext extends SwimCollaborators {
  readonly config: SwimConfig;
  readonly table: MemberTable;
  readonly queue: BroadcastQueue;
  readonly outbox: Outbox;
  readonly timers: TimerQueue;
  readonly awareness: Awareness;
  readonly hearing: Hearing;
}
