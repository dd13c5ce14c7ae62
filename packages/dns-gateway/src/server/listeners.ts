import type { Clock, Startable } from '@tribune/platform';
import type { DnsGatewayOptions } from '../options';
import type { QueryHandler } from './query-handler';
import { TcpListener } from './tcp-listener';
import { UdpListener } from './udp-listener';

/** Tries to find a port that is free on TCP and on UDP. */
const PORT_ATTEMPTS_MAX = 10;

/** Every address on UDP and TCP, all on one port. */
export class Listeners implements Startable {
  private udp: UdpListener[] = [];
  private tcp: TcpListener[] = [];

  constructor(
    private readonly options: DnsGatewayOptions,
    private readonly handler: QueryHandler,
    private readonly clock: Clock,
  ) {}

  get port(): number {
    return this.udp[0]?.port ?? 0;
  }

  get tcpConnections(): number {
    return this.tcp.reduce((sum, listener) => sum + listener.connectionCount, 0);
  }

  async start(): Promise<void> {
    if (this.udp.length > 0) return;
    let { port } = this.options;
    try {
      for (const host of this.options.addresses) {
        port = await this.listen(host, port);
      }
    } catch (thrown) {
      await this.stop();
      throw thrown;
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.udp, ...this.tcp].map((listener) => listener.stop()));
    this.udp = [];
    this.tcp = [];
  }

  private async listen(host: string, port: number): Promise<number> {
    const { handler, clock } = this;
    for (let attempt = 1; ; attempt++) {
      const tcp = new TcpListener(host, port, this.options.bounds, { handler, clock });
      await tcp.start();
      const udp = new UdpListener(host, tcp.port, handler);
      try {
        await udp.start();
      } catch (thrown) {
        await tcp.stop();
        // The system's choice for TCP may be taken on UDP; only a port that was asked for is a reason to fail.
        if (port !== 0 || attempt === PORT_ATTEMPTS_MAX) throw thrown;
        continue;
      }
      this.tcp.push(tcp);
      this.udp.push(udp);
      return tcp.port;
    }
  }
}
