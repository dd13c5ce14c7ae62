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
export type InstanceRequest = NonNullable<RegisterRequest['Service']>;
export type CheckRequest = NonNullable<RegisterRequest['Check']>;

/** The body of `PUT /v1/catalog/deregister`. */
export const deregisterRequest = struct(
  '',
  {
    // Long without meaning, and sent by clients all the same.
    Address: goString,
    Datacenter: goString,
    Node: goString,
    ServiceID: goString,
    CheckID: named('types.CheckID'),
    Token: goString,
  },
  { goName: 'struct { Address string; *structs.Alias }' },
);
