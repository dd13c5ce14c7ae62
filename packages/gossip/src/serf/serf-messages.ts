import type { Endpoint } from '../core/messages';

/** What the serf layer says inside user messages and state exchanges. Times are Lamport times. */

/** A member says that it left, or somebody says so for a failed one; `prune` erases it. */
export interface LeaveIntent {
  readonly kind: 'leave';
  readonly ltime: number;
  readonly node: string;
  readonly prune: boolean;
}

export interface JoinIntent {
  readonly kind: 'join';
  readonly ltime: number;
  readonly node: string;
}

export interface EventMessage {
  readonly kind: 'userEvent';
  readonly ltime: number;
  readonly name: string;
  readonly payload: Uint8Array;
  /** Receivers may show only the last event of this name in a quiet period. */
  readonly coalesce: boolean;
}

export type QueryFilter =
  | { readonly kind: 'nodes'; readonly nodes: readonly string[] }
  | { readonly kind: 'tag'; readonly tag: string; readonly expression: string };

export interface QueryMessage {
  readonly kind: 'query';
  readonly ltime: number;
  readonly id: number;
  readonly source: Endpoint & { readonly name: string };
  /** Undefined when a filter could not be understood: then nobody is meant. */
  readonly filters: readonly QueryFilter[] | undefined;
  readonly wantsAck: boolean;
  readonly noBroadcast: boolean;
  readonly relayFactor: number;
  readonly timeoutMs: number;
  readonly name: string;
  readonly payload: Uint8Array;
}

export interface QueryResponse {
  readonly kind: 'queryResponse';
  readonly ltime: number;
  readonly id: number;
  readonly from: string;
  readonly isAck: boolean;
  readonly payload: Uint8Array;
}

/** "Pass this on": a second path for answers to a query. */
export interface Relay {
  readonly kind: 'relay';
  readonly to: Endpoint;
  readonly name: string;
  readonly body: Uint8Array;
}

export type SerfMessage = LeaveIntent | JoinIntent | EventMessage | QueryMessage | QueryResponse | Relay;

/** The serf part of a state exchange. */
export interface SerfState {
  readonly ltime: number;
  readonly statusLtimes: ReadonlyMap<string, number>;
  readonly leftMembers: readonly string[];
  readonly eventLtime: number;
  readonly events: readonly { readonly ltime: number; readonly events: readonly RecentEvent[] }[];
  readonly queryLtime: number;
}

export interface RecentEvent {
  readonly name: string;
  readonly payload: Uint8Array;
}
