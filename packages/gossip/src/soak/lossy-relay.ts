import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket as Stream } from 'node:net';

/** Attempts to find a port that is free over TCP and UDP. */
const PORT_ATTEMPTS = 20;

/**
 * Stands in front of an agent's gossip port, over UDP and TCP, and loses a share of the packets. Members answer to the
 * address in a message, not to where it came from, so one relay per member is the whole network.
 */
export class LossyRelay {
  /** Share of UDP packets that get lost; 1: UDP is blocked. TCP always passes. */
  loss = 0;
  lost = 0;
  passed = 0;
  private target = 0;
  private readonly streams = new Set<Stream>();

  private constructor(
    private readonly udp: Socket,
    private readonly tcp: Server,
    private readonly random: () => number,
  ) {
    udp.on('message', (packet) => this.relayPacket(packet));
    tcp.on('connection', (stream) => this.relayStream(stream));
  }

  static async open(random: () => number): Promise<LossyRelay> {
    for (let attempt = 1; ; attempt++) {
      const tcp = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
      await once(tcp, 'listening');
      const udp = createSocket('udp4');
      try {
        udp.bind((tcp.address() as AddressInfo).port, '127.0.0.1');
        await once(udp, 'listening');
        return new LossyRelay(udp, tcp, random);
      } catch (error) {
        tcp.close();
        if (attempt === PORT_ATTEMPTS) throw error;
      }
    }
  }

  /** Where others reach the agent. */
  get port(): number {
    return this.udp.address().port;
  }

  /** The port that the agent really listens at. */
  relayTo(port: number): void {
    this.target = port;
  }

  async close(): Promise<void> {
    for (const stream of this.streams) stream.destroy();
    this.tcp.close();
    this.udp.close();
    await Promise.all([once(this.tcp, 'close'), once(this.udp, 'close')]);
  }

  private relayPacket(packet: Buffer): void {
    // The agent does not listen yet.
    if (this.target === 0) return;
    if (this.random() < this.loss) {
      this.lost += 1;
      return;
    }
    this.passed += 1;
    this.udp.send(packet, this.target, '127.0.0.1');
  }

  private relayStream(outer: Stream): void {
    if (this.target === 0) return void outer.destroy();
    const inner = connect({ port: this.target, host: '127.0.0.1', allowHalfOpen: true });
    for (const [from, to] of [
      [outer, inner],
      [inner, outer],
    ] as const) {
      this.streams.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => this.streams.delete(from));
      from.pipe(to);
    }
  }
}
