/**
 * What processes say to each other: domain records (`model`), service interfaces (`api`), and the gRPC form of both.
 * @packageDocumentation
 */
export {
  aggregatedStatus,
  CONSUL_SERVICE_NAME,
  NODE_MAINTENANCE_CHECK_ID,
  SERF_HEALTH_CHECK_ID,
  SERVICE_MAINTENANCE_CHECK_PREFIX,
  type CheckServiceNode,
  type CheckStatus,
  type HealthCheck,
  type JsonObject,
  type JsonValue,
  type Node,
  type ServiceAddress,
  type ServiceInstance,
  type Weights,
} from './model/catalog';
export type { KvEntry } from './model/kv';
export type { Session, SessionServiceCheck } from './model/session';
export { serverOf, type Member, type MemberStatus, type ServerTags } from './model/member';
export { EMPTY_CHECK_DEFINITION } from './model/check-definition';
export type {
  FeedEvent,
  FeedRequest,
  FeedStream,
  FenceResult,
  LeaderStatus,
  OperatorResult,
  ProposeResult,
  RaftConfigurationInfo,
  RaftServerHealth,
  RaftServerInfo,
  StateApi,
  Topic,
} from './api/state';
export type {
  AnswerOutcome,
  Coordinate,
  KeyringResponse,
  MemberQuery,
  MemberQueryOutcome,
  MembershipApi,
  MembershipEvent,
  Pool,
  QueryEvent,
  ReceivedQuery,
  UserEvent,
} from './api/membership';
export type { AgentApi, AgentOutcome, CheckDefinition, LocalNode, LocalService, ServiceDefinition } from './api/agent';
export { checkDefinitionFromJson } from './definitions/check-definition-json';
export { DEFAULT_WEIGHTS, serviceDefinitionFromJson } from './definitions/service-definition-json';
export type { DecodedDefinition, DefinitionProblem, DefinitionSource } from './definitions/definition-problem';
export { exactJson, parseExactJson } from './definitions/exact-json';
export { metadataProblem } from './definitions/metadata-validation';
export { ApiError, invalidArgument, type ApiErrorDetail } from './api/api-error';
export type {
  CatalogApi,
  CatalogDeregistration,
  CatalogRegistration,
  InstanceKey,
  InstancesQuery,
  NodesWatchEvent,
  ReadConsistency,
  ReadOptions,
  Revisioned,
  ServiceNamesWatchEvent,
  ServiceSummary,
  ServiceWatchEvent,
  Watch,
  WatchChange,
  WatchEvent,
  WatchOptions,
} from './api/catalog';
export {
  KV_TXN_OPERATIONS_MAX,
  KV_VALUE_BYTES_MAX,
  type KvApi,
  type KvDelete,
  type KvList,
  type KvPut,
  type KvPutCondition,
  type KvTxnError,
  type KvTxnOp,
  type KvTxnOutcome,
  type KvWatchEvent,
} from './api/kv';
export { loadService, PROTO_ROOT, type ServiceName } from './grpc/load-service';
export { GrpcServer, RpcError, toServiceError, unary, type GrpcServerOptions } from './grpc/server';
export { HealthService, type ServingStatus } from './grpc/health';
export { openHealthProbe, type HealthProbeClient, type HealthProbeSettings } from './grpc/probe-client';
export { callUnary, isUnavailable, openClient, type ChannelSettings } from './grpc/channel';
export { FORWARDED_METADATA, StateService, unavailable, type StateServiceCollaborators } from './grpc/state-service';
export { MembershipService, type MembershipServiceCollaborators } from './grpc/membership-service';
export { WireError } from './grpc/state-wire';
export { Coalesced } from './client/coalesced';
export { connectState, type StateClient, type StateClientOptions } from './client/state-client';
export { connectMembership, type MembershipClient } from './client/membership-client';
export { AgentService, type AgentServiceCollaborators } from './grpc/agent-service';
export { connectAgent, type AgentClient } from './client/agent-client';
export { controlService } from './grpc/control-service';
export { connectControl } from './client/control-client';
export type { ControlApi } from './api/control';
export { catalogService } from './grpc/catalog-service';
export { kvService } from './grpc/kv-service';
export { connectCatalog, type ApiClientSettings } from './client/catalog-client';
export { connectKv } from './client/kv-client';
export { ArchiveError } from './archive/archive-error';
export { framed, unframed } from './archive/state-frames';
export { readArchive, writeArchive, type ArchiveMeta, type ArchiveState } from './archive/snapshot-archive';
