/**
 * The replicated state machine: tables, commands, queries and deltas. Pure: no I/O, no clock, no randomness.
 * @packageDocumentation
 */
export { StateMachine, type Applied, type Snapshot } from './state-machine';
export { applyCommand, refusalOf } from './commands/apply';
export { UnknownCommandError } from './commands/unknown-command';
export type {
  AuditCommand,
  CatalogVerb,
  Command,
  CoordinateUpdateCommand,
  DeregisterCommand,
  KvCommand,
  KvOperation,
  KvTxnRead,
  LockDelayExpireCommand,
  RegisterCommand,
  RestoreCommand,
  SessionCreateCommand,
  SessionDestroyCommand,
  SettingCommand,
  StateHashes,
  StateReport,
  TableCommand,
  TombstoneReapCommand,
  TxnCommand,
  TxnOperation,
  Unindexed,
} from './commands/command';
export type { Outcome, TxnError, TxnResult } from './commands/outcome';

export { decodeCommand, encodeCommand } from './encoding/command-codec';
export { decodeDeltas, encodeDeltas } from './encoding/delta-codec';
export { decodeOutcome, encodeOutcome } from './encoding/outcome-codec';
export { EncodingError } from './encoding/packer';
export { CHUNK_BYTES_MAX, CHUNK_ROWS_MAX, encodeChunks } from './snapshot/chunks';
export type { RestoreBuilder } from './snapshot/restore';

export { kvGet, kvKeys, kvList } from './queries/kv';
export {
  findNode,
  listNodes,
  listServices,
  nodeServices,
  serviceInstances,
  type InstanceFilter,
  type Meta,
  type NodeServices,
  type ServiceNode,
} from './queries/catalog';
export { checksInState, nodeChecks, serviceChecks, serviceHealth, type HealthFilter } from './queries/health';
export { nodeSessions, session, sessions } from './queries/sessions';
export { coordinates } from './queries/coordinates';
export { setting } from './queries/settings';

export { Tables, TABLE_NAMES, type ReadTables } from './tables/tables';
export { connectTarget } from './tables/services';
export type { ReadTable } from './tables/table';
export type {
  CoordinateRow,
  DeleteDelta,
  Delta,
  IndexRow,
  LockDelayRow,
  PutDelta,
  Rows,
  SettingRow,
  TableName,
  TombstoneRow,
} from './view/delta';
export type { Indexed, View, WatchKey } from './view/view';
export { LiveView } from './view/live-view';
export { WaitIndex } from './view/wait-index';
export { Replica } from './view/replica';
export { topicKey } from './view/topics';
export { TopicFilter } from './view/topic-filter';
export { topicSnapshot } from './view/topic-snapshot';
export { isReadOnlyTxn, readTxn } from './commands/txn';
export { malformedUuid } from './commands/uuid';
export { HASH_FORMAT } from './snapshot/hash';
