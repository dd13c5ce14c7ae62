import { silentLogger } from '@tribune/platform';
import { connectMembership, GrpcServer, MembershipService, type MembershipClient } from '@tribune/protocol';
import type { Gossip } from '../src';

/** `membership.v1` over gRPC in front of an agent, and a client of it. */
export class GrpcFront {
  private constructor(
    readonly client: MembershipClient,
    readonly service: MembershipService,
    private readonly server: GrpcServer,
  ) {}

  static async open(agent: Gossip): Promise<GrpcFront> {
    const service = new MembershipService({ api: agent, logger: silentLogger });
    const server = new GrpcServer({ address: '127.0.0.1:0' }, silentLogger);
    server.add('tribune.membership.v1.Membership', service.implementation());
    await server.start();
    return new GrpcFront(connectMembership({ address: `127.0.0.1:${server.port}` }), service, server);
  }

  async close(): Promise<void> {
    this.client.close();
    this.service.close();
    await this.server.stop();
  }
}
