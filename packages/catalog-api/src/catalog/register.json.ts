import { formatGoDuration } from '@tribune/platform';
import type { HealthCheck, JsonObject, JsonValue, ServiceInstance } from '@tribune/protocol';
import type { RegisterCommand, Unindexed } from '@tribune/state-store';
import {
  anything,
  duration,
  goBool,
  goInt,
  goString,
  goUint,
  goUint64,
  mapOf,
  named,
  optional,
  slice,
  struct,
  type GoType,
} from '../json/go-type';
import { sortedMap } from '../json/go-json';

const INDEXES = { CreateIndex: goUint64, ModifyIndex: goUint64 };
const meshGateway = struct('MeshGatewayConfig', { Mode: named('structs.MeshGatewayMode') });
const SNAKE = {
  destination_type: 'DestinationType',
  destination_name: 'DestinationName',
  destination_namespace: 'DestinationNamespace',
  local_bind_port: 'LocalBindPort',
  local_bind_address: 'LocalBindAddress',
  mesh_gateway: 'MeshGateway',
};
const upstream = struct(
  'Upstream',
  {
    DestinationType: goString,
    DestinationNamespace: goString,
    DestinationName: goString,
    Datacenter: goString,
    LocalBindAddress: goString,
    LocalBindPort: goInt,
    Config: mapOf(anything),
    MeshGateway: meshGateway,
  },
  { isApart: true, aliases: SNAKE },
);
const exposePath = struct(
  'ExposePath',
  { ListenerPort: goInt, Path: goString, LocalPathPort: goInt, Protocol: goString, ParsedFromCheck: goBool },
  { isApart: true, aliases: { listener_port: 'ListenerPort', local_path_port: 'LocalPathPort' } },
);
const proxy = struct(
  'ConnectProxyConfig',
  {
    DestinationServiceName: goString,
    DestinationServiceID: goString,
    LocalServiceAddress: goString,
    LocalServicePort: goInt,
    Config: mapOf(anything),
    Upstreams: slice(upstream, 'structs.Upstreams'),
    MeshGateway: meshGateway,
    Expose: struct('ExposeConfig', { Checks: goBool, Paths: slice(exposePath) }),
  },
  {
    isApart: true,
    aliases: {
      destination_service_name: 'DestinationServiceName',
      destination_service_id: 'DestinationServiceID',
      local_service_port: 'LocalServicePort',
      local_service_address: 'LocalServiceAddress',
      mesh_gateway: 'MeshGateway',
    },
  },
);
const definition = struct(
  'HealthCheckDefinition',
  {
    HTTP: goString,
    TLSSkipVerify: goBool,
    Header: mapOf(slice(goString)),
    Method: goString,
    Body: goString,
    TCP: goString,
    Interval: duration,
    OutputMaxSize: goUint,
    Timeout: duration,
    DeregisterCriticalServiceAfter: duration,
    ScriptArgs: slice(goString),
    DockerContainerID: goString,
    Shell: goString,
    GRPC: goString,
    GRPCUseTLS: goBool,
    AliasNode: goString,
    AliasService: goString,
    TTL: duration,
    IntervalDuration: duration,
    TimeoutDuration: duration,
    DeregisterCriticalServiceAfterDuration: duration,
  },
  { isApart: true, isLenient: true },
);
export const checkRequest = struct('HealthCheck', {
  Node: goString,
  CheckID: named('types.CheckID'),
  Name: goString,
  Status: goString,
  Notes: goString,
  Output: goString,
  ServiceID: goString,
  ServiceName: goString,
  ServiceTags: slice(goString),
  Type: goString,
  Definition: definition,
  ...INDEXES,
});
const address = struct('ServiceAddress', { Address: goString, Port: goInt });
const weights = struct('Weights', { Passing: goInt, Warning: goInt });
export const instanceRequest = struct('NodeService', {
  Kind: named('structs.ServiceKind'),
  ID: goString,
  Service: goString,
  Tags: slice(goString),
  Address: goString,
  TaggedAddresses: mapOf(address),
  Meta: mapOf(goString),
  Port: goInt,
  Weights: optional(weights),
  EnableTagOverride: goBool,
  Proxy: proxy,
  Connect: struct('ServiceConnect', { Native: goBool, SidecarService: anything }, { isApart: true }),
  ...INDEXES,
});

/** The body of `PUT /v1/catalog/register`. */
export const registerRequest = struct('RegisterRequest', {
  Datacenter: goString,
  ID: named('types.NodeID'),
  Node: goString,
  Address: goString,
  TaggedAddresses: mapOf(goString),
  NodeMeta: mapOf(goString),
  Service: optional(instanceRequest),
  Check: optional(checkRequest),
  Checks: slice(optional(checkRequest), 'structs.HealthChecks'),
  SkipNodeUpdate: goBool,
  Token: goString,
  ...INDEXES,
});
export type RegisterRequest = typeof registerRequest extends GoType<infer T> ? T : never;

/** The body of `PUT /v1/catalog/deregister`. */
export const deregisterRequest = struct(
  '',
  { Datacenter: goString, Node: goString, ServiceID: goString, CheckID: named('types.CheckID'), Token: goString },
  { goName: 'structs.DeregisterRequest' },
);

/** Node, service and checks as a command. Whether they make sense has been checked. */
export function registerCommand(request: RegisterRequest, datacenter: string): RegisterCommand {
  const checks = [...(request.Checks ?? []), request.Check].filter((one) => one !== null);
  return {
    type: 'register',
    node: {
      id: request.ID,
      node: request.Node,
      address: request.Address,
      datacenter: request.Datacenter || datacenter,
      taggedAddresses: request.TaggedAddresses,
      meta: request.NodeMeta,
    },
    skipNodeUpdate: request.SkipNodeUpdate,
    ...(request.Service ? { service: instanceOf(request.Service) } : {}),
    checks: checks.map((one) => checkOf(one, request.Node)),
  };
}

export type InstanceRequest = NonNullable<RegisterRequest['Service']>;

export function instanceOf(from: InstanceRequest): Omit<Unindexed<ServiceInstance>, 'node'> {
  return {
    id: from.ID || from.Service,
    service: from.Service,
    kind: from.Kind,
    tags: from.Tags,
    address: from.Address,
    port: from.Port,
    taggedAddresses:
      from.TaggedAddresses &&
      Object.fromEntries(
        Object.entries(from.TaggedAddresses).map(([name, one]) => [name, { address: one.Address, port: one.Port }]),
      ),
    meta: from.Meta,
    weights: from.Weights
      ? { passing: from.Weights.Passing, warning: from.Weights.Warning }
      : { passing: 1, warning: 1 },
    enableTagOverride: from.EnableTagOverride,
    proxy: proxyJson(from.Proxy),
    connectNative: from.Connect.Native,
  };
}

type Proxy = InstanceRequest['Proxy'];

/** As Consul prints it: members that Go leaves out when empty are not there. Null for a service that is no proxy. */
function proxyJson(from: Proxy): JsonObject | null {
  const given: JsonObject = defined({
    DestinationServiceName: from.DestinationServiceName,
    DestinationServiceID: from.DestinationServiceID,
    LocalServiceAddress: from.LocalServiceAddress,
    LocalServicePort: from.LocalServicePort,
    Config: from.Config && Object.keys(from.Config).length > 0 ? sortedMap(from.Config) : null,
    Upstreams: from.Upstreams && from.Upstreams.length > 0 ? from.Upstreams.map(upstreamJson) : null,
  });
  const mesh = defined({ Mode: from.MeshGateway.Mode });
  const expose = defined({ Checks: from.Expose.Checks, Paths: from.Expose.Paths?.map(exposePathJson) ?? null });
  const isProxy = [given, mesh, expose].some((part) => Object.keys(part).length > 0);
  return isProxy ? { ...given, MeshGateway: mesh, Expose: expose } : null;
}

function upstreamJson(from: NonNullable<Proxy['Upstreams']>[number]): JsonObject {
  return {
    DestinationType: from.DestinationType,
    ...defined({ DestinationNamespace: from.DestinationNamespace }),
    DestinationName: from.DestinationName,
    Datacenter: from.Datacenter,
    ...defined({ LocalBindAddress: from.LocalBindAddress }),
    LocalBindPort: from.LocalBindPort,
    Config: sortedMap(from.Config),
    MeshGateway: defined({ Mode: from.MeshGateway.Mode }),
  };
}

function exposePathJson(from: NonNullable<Proxy['Expose']['Paths']>[number]): JsonObject {
  return defined(
    {
      ListenerPort: from.ListenerPort,
      Path: from.Path,
      LocalPathPort: from.LocalPathPort,
      Protocol: from.Protocol,
    },
    { ParsedFromCheck: from.ParsedFromCheck },
  );
}

/** Without the members that Go's `omitempty` leaves out. */
function defined(members: Record<string, JsonValue>, always: JsonObject = {}): JsonObject {
  const isGiven = (value: JsonValue): boolean => value !== '' && value !== 0 && value !== false && value !== null;
  return { ...Object.fromEntries(Object.entries(members).filter(([, value]) => isGiven(value))), ...always };
}

export type CheckRequest = NonNullable<RegisterRequest['Check']>;

export function checkOf(from: CheckRequest, node: string): Unindexed<HealthCheck> {
  return {
    node: from.Node || node,
    checkId: from.CheckID || from.Name,
    name: from.Name,
    status: from.Status || 'critical',
    notes: from.Notes,
    output: from.Output,
    serviceId: from.ServiceID,
    serviceName: from.ServiceName,
    serviceTags: from.ServiceTags,
    type: from.Type || typeOf(from.Definition),
    definition: definitionJson(from.Definition),
  };
}

type Definition = CheckRequest['Definition'];

/** What kind of check a definition describes, in Consul's order of preference. */
function typeOf(from: Definition): string {
  const isScript = from.ScriptArgs !== null && from.ScriptArgs.length > 0;
  if (from.GRPC !== '') return 'grpc';
  if (from.HTTP !== '') return 'http';
  if (from.TTL > 0) return 'ttl';
  if (from.TCP !== '') return 'tcp';
  if (from.AliasNode !== '' || from.AliasService !== '') return 'alias';
  if (isScript) return from.DockerContainerID === '' ? 'script' : 'docker';
  return '';
}

function definitionJson(from: Definition): JsonObject {
  const text = (ns: number): string => (ns === 0 ? '' : formatGoDuration(ns));
  return defined({
    Interval: text(from.Interval || from.IntervalDuration),
    OutputMaxSize: from.OutputMaxSize,
    Timeout: text(from.Timeout || from.TimeoutDuration),
    DeregisterCriticalServiceAfter: text(
      from.DeregisterCriticalServiceAfter || from.DeregisterCriticalServiceAfterDuration,
    ),
    HTTP: from.HTTP,
    TLSSkipVerify: from.TLSSkipVerify,
    Header: from.Header && Object.keys(from.Header).length > 0 ? sortedMap(from.Header) : null,
    Method: from.Method,
    Body: from.Body,
    TCP: from.TCP,
    ScriptArgs: from.ScriptArgs && from.ScriptArgs.length > 0 ? from.ScriptArgs : null,
    DockerContainerID: from.DockerContainerID,
    Shell: from.Shell,
    GRPC: from.GRPC,
    GRPCUseTLS: from.GRPCUseTLS,
    AliasNode: from.AliasNode,
    AliasService: from.AliasService,
    TTL: from.TTL,
  });
}
