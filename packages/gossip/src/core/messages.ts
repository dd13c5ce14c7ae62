/** What members say to each other, free of any encoding. The wire format lives in `transport/codec`. */

export interface Endpoint {
  /** Canonical IP text: `10.0.0.1`, `2001:db8::1`. */
  readonly host: string;
  readonly port: number;
}

/** Where an answer should go; absent when the asker is the sender of the packet. */
export interface Source extends Endpoint {
  readonly name: string;
}

/** `[protocolMin, protocolMax, protocolCurrent, delegateMin, delegateMax, delegateCurrent]`; empty when unknown. */
export type Versions = readonly number[];

export type MemberState = 'alive' | 'suspect' | 'dead' | 'left';

export interface Ping {
  readonly kind: 'ping';
  readonly seqNo: number;
  /** The member that is meant: an agent restarted under another name must not answer for the old one. */
  readonly node: string;
  readonly source?: Source;
}

export interface IndirectPing {
  readonly kind: 'indirectPing';
  readonly seqNo: number;
  readonly target: Endpoint;
  readonly node: string;
  /** The asker understands a nack when the helper hears nothing either. */
  readonly nack: boolean;
  readonly source?: Source;
}

export interface Ack {
  readonly kind: 'ack';
  readonly seqNo: number;
  /** The responder's network coordinate in serf's framing; may be empty. */
  readonly payload: Uint8Array;
}

export interface Nack {
  readonly kind: 'nack';
  readonly seqNo: number;
}

export interface Alive extends Endpoint {
  readonly kind: 'alive';
  readonly incarnation: number;
  readonly node: string;
  readonly meta: Uint8Array;
  readonly versions: Versions;
}

/** `from` accuses `node`. */
export interface Suspect {
  readonly kind: 'suspect';
  readonly incarnation: number;
  readonly node: string;
  readonly from: string;
}

/** `from === node` means the member said so itself: it left. */
export interface Dead {
  readonly kind: 'dead';
  readonly incarnation: number;
  readonly node: string;
  readonly from: string;
}

/** Bytes of the layer above. */
export interface User {
  readonly kind: 'user';
  readonly body: Uint8Array;
}

export type Message = Ping | IndirectPing | Ack | Nack | Alive | Suspect | Dead | User;

/** One row of a full state exchange. */
export interface PushedState extends Endpoint {
  readonly name: string;
  readonly meta: Uint8Array;
  readonly incarnation: number;
  readonly state: MemberState;
  readonly versions: Versions;
}

export interface StateExchange {
  readonly join: boolean;
  readonly states: readonly PushedState[];
  /** Bytes of the layer above. */
  readonly userState: Uint8Array;
}
