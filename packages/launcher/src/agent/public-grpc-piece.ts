import type { Logger, Startable } from '@tribune/platform';
import { GrpcServer } from '@tribune/protocol';
import type { ListenAddress } from '../config/agent-config';

/** One gRPC listener per address, all serving what `add` puts on them. */
export function publicGrpcListeners(
  addresses: readonly ListenAddress[],
  logger: Logger,
  add: (server: GrpcServer) => void,
): Startable {
  const servers = addresses.map((address) => {
    const server = new GrpcServer({ address: grpcTarget(address) }, logger);
    add(server);
    return server;
  });
  return {
    async start() {
      for (const server of servers) await server.start();
    },
    async stop() {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

export function grpcTarget(address: ListenAddress): string {
  if ('path' in address) return `unix:${address.path}`;
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}
