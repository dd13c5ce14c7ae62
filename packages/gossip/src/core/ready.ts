import type { Endpoint, Message, Ping } from './messages';
import type { MemberRecord } from './member-table';

/** One datagram: the messages travel together. */
export interface Packet {
  readonly to: Endpoint;
  readonly messages: readonly Message[];
  /** The receiver understands the checksum header (protocol 5). */
  readonly checksum: boolean;
}

/** Ping over a stream; the outcome comes back through `streamPingDone`. */
export interface StreamPing {
  readonly to: Endpoint;
  readonly ping: Ping;
  readonly deadlineMs: number;
}

/** Exchange full state with a member; what it sends comes back through `merge`. */
export interface PushPullOrder {
  readonly to: Endpoint;
  readonly node: string;
}

/** What happened, for the layer above, logs and metrics. A core does not log. */
export type Fact =
  | { readonly kind: 'joined' | 'updated'; readonly member: MemberRecord }
  | { readonly kind: 'departed'; readonly member: MemberRecord }
  | { readonly kind: 'conflict'; readonly member: MemberRecord; readonly other: Endpoint }
  | { readonly kind: 'rejected'; readonly node: string; readonly reason: string }
  | { readonly kind: 'probed'; readonly node: string; readonly rttMs: number; readonly payload: Uint8Array }
  | { readonly kind: 'probeFailed'; readonly node: string }
  | { readonly kind: 'reachedOverTcpOnly'; readonly node: string }
  | { readonly kind: 'suspected'; readonly node: string; readonly from: string }
  | { readonly kind: 'suspicionExpired'; readonly node: string; readonly confirmations: number }
  | { readonly kind: 'refuted'; readonly of: 'alive' | 'suspect' | 'dead'; readonly from: string }
  | { readonly kind: 'user'; readonly body: Uint8Array }
  | { readonly kind: 'ignored'; readonly reason: 'pingForOther' | 'relayLimit' }
  | { readonly kind: 'leaveSpread' };

export interface Ready {
  readonly packets: readonly Packet[];
  readonly streamPings: readonly StreamPing[];
  readonly pushPulls: readonly PushPullOrder[];
  readonly facts: readonly Fact[];
}

/** Collects what the machine wants done until the shell takes it. */
export class Outbox {
  private packets: Packet[] = [];
  private streamPings: StreamPing[] = [];
  private pushPulls: PushPullOrder[] = [];
  private facts: Fact[] = [];

  packet(packet: Packet): void {
    this.packets.push(packet);
  }

  streamPing(ping: StreamPing): void {
    this.streamPings.push(ping);
  }

  pushPull(order: PushPullOrder): void {
    this.pushPulls.push(order);
  }

  fact(fact: Fact): void {
    this.facts.push(fact);
  }

  get isEmpty(): boolean {
    return !this.packets.length && !this.facts.length && !this.streamPings.length && !this.pushPulls.length;
  }

  take(): Ready {
    const { packets, streamPings, pushPulls, facts } = this;
    this.packets = [];
    this.streamPings = [];
    this.pushPulls = [];
    this.facts = [];
    return { packets, streamPings, pushPulls, facts };
  }
}
