import type { Startable } from '@tribune/platform';
import type { Message, ServerId, SnapshotMeta, Term } from '../core/message';

/** Announces a snapshot; the chunks follow. */
export interface SnapshotHeader {
  readonly from: ServerId;
  readonly to: ServerId;
  readonly term: Term;
  readonly meta: SnapshotMeta;
  readonly bytes: number;
  /** What the receiver said it has already ({@link PeerReceiver.snapshotProgress}) and does not get again. @default nothing */
  readonly skipped?: Pick<SnapshotProgress, 'chunks' | 'bytes'>;
}

/** The part of a snapshot that arrived before its stream broke off. */
export interface SnapshotProgress {
  readonly chunks: number;
  readonly bytes: number;
  /** Of these bytes: whoever sends the rest makes sure that it is the rest of the same. */
  readonly sha256: Uint8Array;
}

/** What a transport hands to the node. */
export interface PeerReceiver {
  message(message: Message): void;
  /** The connection with a peer ended: kill -9 shows here long before any timeout (R24). */
  peerClosed(id: ServerId): void;
  /** What is here of this snapshot; undefined when nothing is. */
  snapshotProgress?(header: SnapshotHeader): SnapshotProgress | undefined;
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
  /**
   * Resolves when the receiver has made the snapshot durable; rejects otherwise. What the receiver has of it already is
   * compared and not sent again: `chunks` can be iterated more than once.
   */
  sendSnapshot(header: SnapshotHeader, chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** The members of the newest configuration: connections to others may be closed. */
  setPeers(ids: readonly ServerId[]): void;
}

/** Where a peer listens, `host:port`; undefined when not (yet) known. Address is data, id is identity. */
export type AddressBook = (id: ServerId) => string | undefined;
