import {
  EMPTY_CHECK_DEFINITION,
  type CheckDefinition,
  type JsonObject,
  type ServiceDefinition,
} from '@tribune/protocol';
import type { PortRange } from '../options';
import type { LocalServiceRecord } from './local-records';

export const sidecarIdOf = (serviceId: string): string => `${serviceId}-sidecar-proxy`;

/**
 * The definition of a service's sidecar proxy with all that the user may leave out: id, name, tags, metadata, what it
 * leads to, a free port, and two checks (it listens; its service is healthy).
 */
export function expandSidecar(
  parent: ServiceDefinition,
  registered: readonly LocalServiceRecord[],
  ports: PortRange,
): { readonly definition: ServiceDefinition } | { readonly problem: string } {
  const given = parent.sidecar!;
  const owner = parent.service;
  const id = sidecarIdOf(owner.id);
  const port = given.service.port || freePort(id, registered, ports);
  if (port === undefined) {
    return { problem: `Invalid SidecarService: none left in the range [${ports.min}, ${ports.max}]` };
  }
  const service = {
    ...given.service,
    id,
    service: given.service.service || `${owner.service}-sidecar-proxy`,
    kind: given.service.kind || 'connect-proxy',
    tags: given.service.tags ?? owner.tags,
    meta: given.service.meta ?? owner.meta,
    port,
    proxy: proxyOf(given.service.proxy, owner),
  };
  const checks = given.checks.length > 0 ? given.checks : defaultChecks(owner.id, port);
  return { definition: { service, checks, token: given.token || parent.token } };
}

function proxyOf(given: JsonObject | null, owner: ServiceDefinition['service']): JsonObject {
  const { DestinationServiceName, DestinationServiceID, LocalServiceAddress, LocalServicePort, ...rest }: JsonObject =
    given ?? { MeshGateway: {}, Expose: {} };
  return {
    DestinationServiceName: DestinationServiceName || owner.service,
    DestinationServiceID: DestinationServiceID || owner.id,
    LocalServiceAddress: LocalServiceAddress || '127.0.0.1',
    ...(LocalServicePort || owner.port ? { LocalServicePort: LocalServicePort || owner.port } : {}),
    ...rest,
  };
}

/** The port it had before, or the lowest that no service of this agent has. */
function freePort(id: string, registered: readonly LocalServiceRecord[], { min, max }: PortRange): number | undefined {
  const inRange = registered.filter(({ service }) => service.port >= min && service.port <= max);
  const before = inRange.find((record) => record.id === id);
  if (before) return before.service.port;
  const used = new Set(inRange.map(({ service }) => service.port));
  for (let port = min; port <= max; port++) if (!used.has(port)) return port;
  return undefined;
}

function defaultChecks(ownerId: string, port: number): CheckDefinition[] {
  return [
    { ...EMPTY_CHECK_DEFINITION, name: 'Connect Sidecar Listening', tcp: `127.0.0.1:${port}`, intervalNs: 10e9 },
    { ...EMPTY_CHECK_DEFINITION, name: `Connect Sidecar Aliasing ${ownerId}`, aliasService: ownerId },
  ];
}
