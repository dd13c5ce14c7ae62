import {
  Metadata,
  status,
  type ChannelCredentials,
  type Client,
  type ClientWritableStream,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServiceError,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { assert, messageOf, type Clock, type Logger } from '@tribune/platform';
import { openClient } from '@tribune/protocol';
import type { Message, ServerId } from '../core/message';
import { Announcements } from './announcements';
import { messageFromWire, type WireMessage } from './message-wire';
import { PACKED_METADATA, PeerLane, type Lane } from './peer-lane';
import type { AddressBook, PeerReceiver, PeerTransport, SnapshotHeader, SnapshotProgress } from './peer-transport';
import {
  chunksFromWire,
  headerFromWire,
  headerToWire,
  partsToWire,
  progressFromWire,
  progressToWire,
  type WireSnapshotArrived,
  type WireSnapshotHeader,
  type WireSnapshotPart,
} from './snapshot-wire';

const SERVICE = 'tribune.raft.v1.RaftTransport';

export interface GrpcPeerTransportOptions {
  readonly id: ServerId;
  /** `host:port` where peers reach this server; told to them, in case no configuration names it yet. */
  readonly address: string;
  readonly credentials?: ChannelCredentials;
  /** @default 4096 */
  readonly controlQueueMax?: number;
  /** @default 256 */
  readonly bulkQueueMax?: number;
  /** Between attempts to open a stream. @default 50 */
  readonly retryMs?: number;
}

export interface GrpcPeerTransportCollaborators {
  readonly addressBook: AddressBook;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** For a question that is answered from memory. */
const PROGRESS_TIMEOUT_MS = 2_000;

type Exchange = ServerDuplexStream<WireMessage, WireMessage>;
type Upload = ServerReadableStream<WireSnapshotPart, object>;
type SnapshotClient = Client & {
  snapshotProgress(
    header: WireSnapshotHeader,
    options: { deadline: Date },
    callback: (error: ServiceError | null, arrived?: WireSnapshotArrived) => void,
  ): void;
  installSnapshot(callback: (error: ServiceError | null) => void): ClientWritableStream<WireSnapshotPart>;
};
type Peer = Readonly<Record<Lane, PeerLane>> & { readonly announcements: Announcements };

/**
 * Peers over gRPC: two streams to each, on connections of their own, so that a heartbeat never waits behind an append.
 * Each side sends on what it opened. Register {@link implementation} as `tribune.raft.v1.RaftTransport`.
 */
export class GrpcPeerTransport implements PeerTransport {
  private receiver: PeerReceiver | undefined;
  private readonly peers = new Map<ServerId, Peer>();
  private readonly inbound = new Set<Exchange>();
  /** What peers said of themselves when they connected. */
  private readonly introduced = new Map<ServerId, string>();
  private isRunning = false;

  constructor(
    private readonly options: GrpcPeerTransportOptions,
    private readonly collaborators: GrpcPeerTransportCollaborators,
  ) {}

  attach(receiver: PeerReceiver): void {
    this.receiver = receiver;
  }

  async start(): Promise<void> {
    this.isRunning = true;
  }

  async stop(): Promise<void> {
    this.isRunning = false;
    for (const stream of this.inbound) stream.end();
    for (const id of [...this.peers.keys()]) this.disconnect(id);
  }

  send(message: Message): void {
    if (!this.isRunning) return;
    const peer = this.peers.get(message.to) ?? this.addPeer(message.to);
    if (message.type === 'append') peer.announcements.offer(message);
    else peer.control.send(message);
  }

  /** Peers that are not members lose their connections; new ones are connected when something is sent to them. */
  setPeers(ids: readonly ServerId[]): void {
    for (const id of [...this.peers.keys()]) if (!ids.includes(id)) this.disconnect(id);
  }

  async sendSnapshot(header: SnapshotHeader, chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    const client = this.connect(header.to);
    if (!client) throw new Error(`the address of ${header.to} is not known`);
    try {
      const arrived = await progressOf(client as SnapshotClient, header);
      await upload(client as SnapshotClient, partsToWire(header, chunks, arrived), signal);
    } finally {
      client.close();
    }
  }

  /** For the owner of the gRPC server. */
  implementation(): UntypedServiceImplementation {
    return {
      exchange: (stream: Exchange) => this.accept(stream),
      snapshotProgress: (call: ServerUnaryCall<WireSnapshotHeader, object>, callback: sendUnaryData<object>) => {
        callback(null, progressToWire(this.receiver?.snapshotProgress?.(headerFromWire(call.request))));
      },
      installSnapshot: (call: Upload, callback: sendUnaryData<object>) => {
        this.receive(call).then(
          () => callback(null, {}),
          (error: unknown) => {
            this.collaborators.logger.warn('a snapshot did not arrive', { error });
            callback({ code: status.ABORTED, details: messageOf(error) });
          },
        );
      },
    };
  }

  private accept(stream: Exchange): void {
    const from = String(stream.metadata.get('raft-from')[0] ?? '');
    const address = stream.metadata.get('raft-address')[0];
    if (!this.isRunning || from === '') return void stream.end();
    if (address !== undefined) this.introduced.set(from, String(address));
    this.inbound.add(stream);
    const metadata = new Metadata();
    metadata.set(PACKED_METADATA, '1');
    stream.sendMetadata(metadata);
    stream.on('data', (wire: WireMessage) => this.deliver(from, wire, stream));
    const closed = (): void => {
      if (!this.inbound.delete(stream)) return;
      stream.end();
      if (this.isRunning) this.receiver?.peerClosed(from);
    };
    for (const event of ['end', 'error', 'cancelled', 'close']) stream.on(event, closed);
  }

  private deliver(from: ServerId, wire: WireMessage, stream: Exchange): void {
    if (!this.isRunning) return;
    try {
      const message = messageFromWire(wire);
      assert(message.from === from, 'a peer speaks for itself');
      this.receiver?.message(message);
    } catch (error) {
      this.collaborators.logger.warn('a peer sent what is no message', { peer: from, error });
      stream.destroy();
    }
  }

  private async receive(call: Upload): Promise<void> {
    const parts = call[Symbol.asyncIterator]() as AsyncIterator<WireSnapshotPart>;
    const first = await parts.next();
    if (first.done || !this.receiver) throw new Error('no snapshot came');
    const header = headerFromWire(first.value.header);
    const skipped = this.skippedOf(header, first.value.header?.skipped ?? 0);
    await this.receiver.snapshot({ ...header, skipped }, chunksFromWire(parts, skipped));
  }

  /** The sender leaves out what it was told is here; that may have changed since. */
  private skippedOf(header: SnapshotHeader, chunks: number): SnapshotHeader['skipped'] {
    if (chunks === 0) return undefined;
    const progress = this.receiver?.snapshotProgress?.(header);
    if (progress?.chunks !== chunks) throw new Error('what the sender leaves out is not here any more');
    return progress;
  }

  private addPeer(id: ServerId): Peer {
    const [control, bulk] = [this.newLane(id, 'control'), this.newLane(id, 'bulk')];
    const announcements = new Announcements(this.collaborators.clock, (message) => bulk.send(message));
    const peer = { control, bulk, announcements };
    this.peers.set(id, peer);
    return peer;
  }

  private newLane(id: ServerId, lane: Lane): PeerLane {
    const { controlQueueMax = 4096, bulkQueueMax = 256, retryMs = 50, address } = this.options;
    const metadata = new Metadata();
    metadata.set('raft-from', this.options.id);
    metadata.set('raft-address', address);
    metadata.set('raft-lane', lane);
    const settings = { metadata, queueMax: lane === 'control' ? controlQueueMax : bulkQueueMax, retryMs };
    return new PeerLane(
      settings,
      this.collaborators.clock,
      () => this.connect(id),
      () => this.receiver?.peerClosed(id),
    );
  }

  private connect(id: ServerId): Client | undefined {
    const address = this.collaborators.addressBook(id) ?? this.introduced.get(id);
    return address === undefined ? undefined : openClient(SERVICE, { address, credentials: this.options.credentials });
  }

  private disconnect(id: ServerId): void {
    const peer = this.peers.get(id);
    this.peers.delete(id);
    peer?.control.close();
    peer?.bulk.close();
    peer?.announcements.close();
  }
}

/** A server that cannot say gets everything. */
function progressOf(client: SnapshotClient, header: SnapshotHeader): Promise<SnapshotProgress | undefined> {
  return new Promise((resolve) => {
    const options = { deadline: new Date(Date.now() + PROGRESS_TIMEOUT_MS) };
    client.snapshotProgress(headerToWire(header), options, (_error, arrived) =>
      resolve(arrived && progressFromWire(arrived)),
    );
  });
}

/** Writes at the pace of the receiver. */
function upload(client: SnapshotClient, parts: AsyncIterable<WireSnapshotPart>, signal: AbortSignal): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const call = client.installSnapshot((error) => (error ? reject(error) : resolve()));
    const abort = (): void => call.cancel();
    signal.addEventListener('abort', abort, { once: true });
    const write = async (): Promise<void> => {
      for await (const part of parts) {
        if (signal.aborted) return abort();
        await new Promise<void>((written) => call.write(part, () => written()));
      }
      call.end();
    };
    write().catch((error: unknown) => {
      call.cancel();
      reject(error as Error);
    });
  });
}
