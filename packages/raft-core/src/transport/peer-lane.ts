import { Metadata, type Client, type ClientDuplexStream } from '@grpc/grpc-js';
import type { Clock } from '@tribune/platform';
import type { Message } from '../core/message';
import { messageToWire, type WireMessage } from './message-wire';

export type Lane = 'control' | 'bulk';

/** In the initial metadata of whoever takes a stream: it reads `Append.packed` up to this version. */
export const PACKED_METADATA = 'raft-packed';

export interface LaneSettings {
  readonly metadata: Metadata;
  /** Messages written and not yet taken by the connection; over it new ones are dropped. */
  readonly queueMax: number;
  readonly retryMs: number;
}

type ExchangeClient = Client & {
  exchange(metadata: Metadata): ClientDuplexStream<WireMessage, WireMessage>;
};

/**
 * One outgoing stream. Opens when there is something to send, and after a failure not before `retryMs`: consensus
 * repeats itself, so a message that finds no stream is simply dropped.
 */
export class PeerLane {
  private stream: ClientDuplexStream<WireMessage, WireMessage> | undefined;
  private client: Client | undefined;
  private isUp = false;
  private takesPacked = false;
  private queued = 0;
  private retryAtMs = 0;

  constructor(
    private readonly settings: LaneSettings,
    private readonly clock: Clock,
    private readonly connect: () => Client | undefined,
    /** A stream that was up has ended. */
    private readonly onClosed: () => void,
  ) {}

  /** False when the message was dropped. */
  send(message: Message): boolean {
    const stream = this.stream ?? this.open();
    if (!stream || this.queued >= this.settings.queueMax) return false;
    this.queued++;
    stream.write(messageToWire(message, this.takesPacked ? 'packed' : 'messages'), () => {
      if (stream === this.stream) this.queued--;
    });
    return true;
  }

  close(): void {
    const { stream, client } = this;
    this.stream = undefined;
    this.client = undefined;
    this.isUp = false;
    this.takesPacked = false;
    stream?.cancel();
    client?.close();
  }

  private open(): ClientDuplexStream<WireMessage, WireMessage> | undefined {
    if (this.clock.monotonicMs() < this.retryAtMs) return undefined;
    const client = this.connect();
    if (!client) return undefined;
    const stream = (client as ExchangeClient).exchange(this.settings.metadata);
    this.client = client;
    this.stream = stream;
    this.queued = 0;
    stream.on('metadata', (metadata) => {
      if (stream !== this.stream) return;
      this.isUp = true;
      this.takesPacked = metadata.get(PACKED_METADATA)[0] === '1';
    });
    stream.on('data', () => undefined);
    stream.on('end', () => this.ended(stream));
    stream.on('error', () => this.ended(stream));
    return stream;
  }

  private ended(stream: ClientDuplexStream<WireMessage, WireMessage>): void {
    if (stream !== this.stream) return;
    const wasUp = this.isUp;
    this.close();
    this.retryAtMs = this.clock.monotonicMs() + this.settings.retryMs;
    if (wasUp) this.onClosed();
  }
}
