import type { Endpoint, Message, Ping, StateExchange } from '../core/messages';
import type { StreamPingOutcome } from '../core/prober';
import type { Packet } from '../core/ready';
import type { GossipMetrics } from '../metrics';
import { labelHeader } from './codec/label';
import { decodeMessage, encodeMessage } from './codec/message-codec';
import { MessageType } from './codec/message-types';
import { PacketCodec } from './codec/packet-codec';
import {
  decodeExchange,
  decodeStreamError,
  decodeUserStream,
  encodeExchange,
  encodeStreamError,
  openStream,
  sealStream,
  type StreamSecurity,
} from './codec/stream-codec';
import { malformed } from './codec/wire-error';
import { DatagramSocket, plainHost } from './datagram-socket';
import { callStream } from './stream-client';
import { StreamServer } from './stream-server';
import { inTurns } from './turns';

export interface PoolTransportOptions extends StreamSecurity {
  readonly pool: string;
  /** Own name: pings over TCP are for it alone. */
  readonly name: string;
  readonly bindAddress: string;
  readonly port: number;
  readonly streamTimeoutMs: number;
  readonly connectionsMax: number;
}

export interface TransportHandlers {
  message(message: Message, from: Endpoint): void;
  /** After all messages of a packet. */
  packetEnd(): void;
  /** A peer pushed its state; resolves with ours, which must be from before the merge. */
  exchange(remote: StateExchange): Promise<StateExchange>;
  malformed(error: unknown, from: Endpoint): void;
}

/** Ports to try when the system chooses one for TCP that is taken for UDP. */
const BIND_ATTEMPTS = 10;

/** Packets over UDP, state exchanges and fallback pings over TCP, on the same port. */
export class PoolTransport {
  private datagrams: DatagramSocket | undefined;
  private streams: StreamServer | undefined;
  private packets: PacketCodec;
  private boundPort = 0;
  private read = 0;
  private readonly stopped = new AbortController();

  constructor(
    private readonly options: PoolTransportOptions,
    private readonly handlers: TransportHandlers,
    private readonly metrics: GossipMetrics,
  ) {
    this.packets = this.packetCodec(options.port);
  }

  get port(): number {
    return this.boundPort;
  }

  /** Packets that have been read so far. */
  get packetsRead(): number {
    return this.read;
  }

  /** Bytes of a packet that are not messages. */
  get overheadBytes(): number {
    return this.packets.overheadBytes;
  }

  async open(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.bind();
      } catch (error) {
        if (this.options.port !== 0 || attempt === BIND_ATTEMPTS) throw error;
      }
    }
  }

  async close(): Promise<void> {
    this.stopped.abort();
    await Promise.all([this.datagrams?.close(), this.streams?.close()]);
    this.datagrams = undefined;
  }

  send({ to, messages, checksum }: Packet): void {
    const bytes = this.packets.encode(messages, checksum);
    const { pool } = this.options;
    this.metrics.packetsSent.inc({ pool });
    this.metrics.bytesSent.inc({ pool, transport: 'udp' }, bytes.length);
    this.datagrams?.send(bytes, to);
  }

  /** Pushes `local` and returns what the other side has. */
  async exchange(to: Endpoint, local: StateExchange): Promise<StateExchange> {
    const answer = await this.call(to, await inTurns(encodeExchange(local)), this.options.streamTimeoutMs);
    if (answer[0] === MessageType.error) throw malformed(`remote error: ${decodeStreamError(answer)}`);
    if (answer[0] !== MessageType.pushPull) throw malformed(`message type ${answer[0]} does not answer a push/pull`);
    return this.readExchange(answer);
  }

  /** Whether the member answers over TCP. */
  async ping(to: Endpoint, ping: Ping, timeoutMs: number): Promise<StreamPingOutcome> {
    try {
      const answer = decodeMessage(await this.call(to, encodeMessage(ping), timeoutMs), this.boundPort);
      return answer.kind === 'ack' && answer.seqNo === ping.seqNo ? 'reached' : 'silent';
    } catch (error) {
      const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
      return cause?.code === 'ECONNREFUSED' ? 'refused' : 'silent';
    }
  }

  private async bind(): Promise<void> {
    const { bindAddress: address, label, streamTimeoutMs: timeoutMs, connectionsMax, pool } = this.options;
    const streams = new StreamServer(
      { address, label, timeoutMs, connectionsMax },
      {
        received: (body, from) => this.streamReceived(body, { host: plainHost(from.host), port: from.port }),
        failed: (error, from) => this.streamFailed(error, from),
        refused: () => this.metrics.ignored.inc({ pool, reason: 'connectionLimit' }),
      },
    );
    const datagrams = new DatagramSocket(
      address,
      (packet, from) => this.packetReceived(packet, from),
      () => this.metrics.ignored.inc({ pool, reason: 'unreachable' }),
    );
    const port = await streams.open(this.options.port);
    try {
      await datagrams.open(port);
    } catch (error) {
      await Promise.all([streams.close(), datagrams.close()]);
      throw error;
    }
    Object.assign(this, { streams, datagrams, boundPort: port, packets: this.packetCodec(port) });
  }

  private packetCodec(defaultPort: number): PacketCodec {
    return new PacketCodec({ ...this.options, defaultPort });
  }

  private packetReceived(packet: Buffer, from: Endpoint): void {
    const { pool } = this.options;
    this.read += 1;
    this.metrics.packetsReceived.inc({ pool });
    this.metrics.bytesReceived.inc({ pool, transport: 'udp' }, packet.length);
    const unreadable = (error: unknown): void => {
      this.metrics.malformed.inc({ pool, transport: 'udp' });
      this.handlers.malformed(error, from);
    };
    try {
      for (const message of this.packets.decode(packet, unreadable)) this.handlers.message(message, from);
    } catch (error) {
      unreadable(error);
    }
    this.handlers.packetEnd();
  }

  private async streamReceived(bytes: Buffer, from: Endpoint): Promise<Buffer | undefined> {
    this.metrics.bytesReceived.inc({ pool: this.options.pool, transport: 'tcp' }, bytes.length);
    const body = await inTurns(openStream(bytes, this.options));
    switch (body[0]) {
      case MessageType.pushPull:
        return this.wrap(await inTurns(encodeExchange(await this.handlers.exchange(await this.readExchange(body)))));
      case MessageType.ping:
        return this.answerPing(body);
      case MessageType.user:
        this.handlers.message({ kind: 'user', body: decodeUserStream(body) }, from);
        this.handlers.packetEnd();
        return undefined;
      default:
        throw malformed(`message type ${body[0]} does not belong on a stream`);
    }
  }

  // A ping over TCP only asks whether we are there: it gets its ack here and changes nothing.
  private answerPing(body: Buffer): Buffer | undefined {
    const ping = decodeMessage(body, this.boundPort);
    if (ping.kind !== 'ping' || (ping.node !== '' && ping.node !== this.options.name)) return undefined;
    return this.wrap(encodeMessage({ kind: 'ack', seqNo: ping.seqNo, payload: new Uint8Array() }));
  }

  private streamFailed(error: unknown, from: Endpoint): Buffer | undefined {
    this.metrics.malformed.inc({ pool: this.options.pool, transport: 'tcp' });
    this.handlers.malformed(error, from);
    return this.wrap(encodeStreamError(error instanceof Error ? error.message : 'unreadable'));
  }

  private async call(to: Endpoint, body: Buffer, timeoutMs: number): Promise<Buffer> {
    const { label, pool } = this.options;
    const { signal } = this.stopped;
    // Only the side that opens a stream sends the label header; the label is authenticated both ways.
    const request = Buffer.concat([labelHeader(label), this.wrap(body)]);
    const answer = await callStream({ to, request, timeoutMs, signal });
    this.metrics.bytesReceived.inc({ pool, transport: 'tcp' }, answer.length);
    return inTurns(openStream(answer, this.options));
  }

  private wrap(body: Buffer): Buffer {
    const bytes = sealStream(body, this.options);
    this.metrics.bytesSent.inc({ pool: this.options.pool, transport: 'tcp' }, bytes.length);
    return bytes;
  }

  private readExchange(body: Buffer): Promise<StateExchange> {
    return inTurns(decodeExchange(body, this.boundPort));
  }
}
