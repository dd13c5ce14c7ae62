import type { JsonObject, LocalService, ServiceAddress } from '@tribune/protocol';
import { sortedMap } from '../json/go-json';

type Service = LocalService['service'];

/** Kinds whose `Proxy` the agent shows. */
const PROXY_KINDS = ['connect-proxy', 'mesh-gateway', 'terminating-gateway', 'ingress-gateway'];

/** One entry of `/v1/agent/services`: the `AgentService` of Consul's client library, member by member. */
export function serviceEntryJson(service: Service, contentHash?: string): Record<string, unknown> {
  return {
    Kind: service.kind === '' ? undefined : service.kind,
    ID: service.id,
    Service: service.service,
    Tags: service.tags ?? [],
    Meta: sortedMap(service.meta) ?? {},
    Port: service.port,
    Address: service.address,
    TaggedAddresses: addressesJson(service.taggedAddresses),
    Weights: { Passing: service.weights.passing, Warning: service.weights.warning },
    EnableTagOverride: service.enableTagOverride,
    ContentHash: contentHash,
    Proxy: PROXY_KINDS.includes(service.kind) ? proxyJson(service.proxy) : undefined,
    Connect: service.connectNative ? { Native: true } : undefined,
  };
}

function addressesJson(addresses: Readonly<Record<string, ServiceAddress>> | null): unknown {
  const entries = Object.entries(addresses ?? {});
  if (entries.length === 0) return undefined;
  return sortedMap(
    Object.fromEntries(entries.map(([name, { address, port }]) => [name, { Address: address, Port: port }])),
  );
}

/** The agent leaves out what is empty in an upstream; the catalog prints it. */
function proxyJson(proxy: JsonObject | null): JsonObject {
  if (proxy === null) return { MeshGateway: {}, Expose: {} };
  const { Upstreams: upstreams } = proxy;
  return Array.isArray(upstreams)
    ? { ...proxy, Upstreams: (upstreams as readonly JsonObject[]).map(withoutEmpty) }
    : proxy;
}

function withoutEmpty(upstream: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(upstream).filter(([, value]) => value !== '' && value !== null));
}
