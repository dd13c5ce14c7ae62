import type { JsonObject } from '@tribune/protocol';
import { sortedMap } from '../json/go-json';
import { omitEmpty } from '../json/omit-empty';
import type { InstanceRequest } from './register.json';

type Proxy = InstanceRequest['Proxy'];

/** As Consul prints it: members that Go leaves out when empty are not there. Null for a service that is no proxy. */
export function proxyJson(from: Proxy): JsonObject | null {
  const given: JsonObject = omitEmpty({
    DestinationServiceName: from.DestinationServiceName,
    DestinationServiceID: from.DestinationServiceID,
    LocalServiceAddress: from.LocalServiceAddress,
    LocalServicePort: from.LocalServicePort,
    Config: from.Config && Object.keys(from.Config).length > 0 ? sortedMap(from.Config) : null,
    Upstreams: from.Upstreams && from.Upstreams.length > 0 ? from.Upstreams.map(upstreamJson) : null,
  });
  const mesh = omitEmpty({ Mode: from.MeshGateway.Mode });
  const expose = omitEmpty({ Checks: from.Expose.Checks, Paths: from.Expose.Paths?.map(exposePathJson) ?? null });
  const isProxy = [given, mesh, expose].some((part) => Object.keys(part).length > 0);
  return isProxy ? { ...given, MeshGateway: mesh, Expose: expose } : null;
}

function upstreamJson(from: NonNullable<Proxy['Upstreams']>[number]): JsonObject {
  return {
    DestinationType: from.DestinationType,
    ...omitEmpty({ DestinationNamespace: from.DestinationNamespace }),
    DestinationName: from.DestinationName,
    Datacenter: from.Datacenter,
    ...omitEmpty({ LocalBindAddress: from.LocalBindAddress }),
    LocalBindPort: from.LocalBindPort,
    Config: sortedMap(from.Config),
    MeshGateway: omitEmpty({ Mode: from.MeshGateway.Mode }),
  };
}

function exposePathJson(from: NonNullable<Proxy['Expose']['Paths']>[number]): JsonObject {
  return omitEmpty(
    {
      ListenerPort: from.ListenerPort,
      Path: from.Path,
      LocalPathPort: from.LocalPathPort,
      Protocol: from.Protocol,
    },
    { ParsedFromCheck: from.ParsedFromCheck },
  );
}
