import type { Startable } from '@tribune/platform';
import type { Message, ServerId, SnapshotMeta, Term } from '../core/message';

/** Announces a snapshot; the chunks follow. */
export interface SnapshotHeader {
  readonly from: ServerId;
  readonly to: ServerId;
  readonly term: Term;
  readonly meta: SnapshotMeta;
  readonly bytes: number;
}

/** What a transport hands to the node. */
export interface PeerReceiver {
  message(message: Message): void;
  /** The connection with a peer ended: kill -9 shows here long before any timeout (R24). */
  peerClosed(id: ServerId): void;
  /** Resolves when the snapshot is checked and durable; the sender may then stop. */
  snapshot(header: SnapshotHeader, chunks: AsyncIterable<Uint8Array>): Promise<void>;
}

/**
 * Carries messages between servers. Messages may be lost, doubled or reordered: consensus does not mind. Sending never
 * waits and never throws; what cannot be sent within its bounded queue is dropped.
 */
export interface PeerTransport extends Startable {
  attach(receiver: PeerReceiver): void;
  send(message: Message): void;
  /** Resolves when the receiver has made the snapshot durable; rejects otherwise. */
  sendSnapshot(header: SnapshotHeader, chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** The members of the newest configuration: connections to others may be closed. */
  setPeers(ids: readonly ServerId[]): void;
}

/** Where a peer listens, `host:port`; undefined when not (yet) known. Address is data, id is identity. */
export type AddressBook = (id: ServerId) => string | undefined;
