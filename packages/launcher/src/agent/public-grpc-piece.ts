import type { Logger, Startable } from '@tribune/platform';
import { GrpcServer } from '@tribune/protocol';
import type { ListenAddress } from '../config/agent-config';

export interface PublicGrpc extends Startable {
  /** Of the first address. */
  readonly port: number;
}

/** One gRPC listener per address, all serving what `add` puts on them; `ending` ends what would hold up their end. */
export function publicGrpcListeners(
  addresses: readonly ListenAddress[],
  logger: Logger,
  add: (server: GrpcServer, address: ListenAddress) => void,
  ending: () => void,
): PublicGrpc {
  const servers = addresses.map((address) => {
    const server = new GrpcServer({ address: grpcTarget(address) }, logger);
    add(server, address);
    return server;
  });
  return {
    get port() {
      return servers[0]?.port ?? 0;
    },
    async start() {
      for (const server of servers) await server.start();
    },
    async stop() {
      ending();
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

/** Nobody on another machine reaches it. */
export function isOfThisMachine(address: ListenAddress): boolean {
  return 'path' in address || address.host === '::1' || address.host.startsWith('127.');
}

export function grpcTarget(address: ListenAddress): string {
  if ('path' in address) return `unix:${address.path}`;
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}
