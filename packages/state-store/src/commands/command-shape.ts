import type { Command, RestoreCommand } from './command';
import {
  bytes,
  flag,
  index,
  jsonObject,
  listOf,
  mapOf,
  nullable,
  number,
  oneOf,
  optional,
  record,
  tagged,
  text,
  unsigned64,
  type Shape,
} from './shape';

/**
 * What each command must look like. Whoever may propose can put anything on the log; a command with a field missing must come out
 * as an error on every server, and never as a crash that repeats at every restart.
 */
const node = record({
  id: text,
  node: text,
  address: text,
  datacenter: text,
  taggedAddresses: nullable(mapOf(text)),
  meta: nullable(mapOf(text)),
});

const serviceFields = {
  id: text,
  service: text,
  kind: text,
  tags: nullable(listOf(text)),
  address: text,
  port: number,
  taggedAddresses: nullable(mapOf(record({ address: text, port: number }))),
  meta: nullable(mapOf(text)),
  weights: record({ passing: number, warning: number }),
  enableTagOverride: flag,
  proxy: nullable(jsonObject),
  connectNative: flag,
};

const check = record({
  node: text,
  checkId: text,
  name: text,
  status: text,
  notes: text,
  output: text,
  serviceId: text,
  serviceName: text,
  serviceTags: nullable(listOf(text)),
  type: text,
  definition: jsonObject,
});

const kvWrites = {
  set: record({ key: text, value: bytes, flags: unsigned64 }),
  cas: record({ key: text, value: bytes, flags: unsigned64, index }),
  lock: record({ key: text, value: bytes, flags: unsigned64, session: text }),
  unlock: record({ key: text, value: bytes, flags: unsigned64, session: text }),
  delete: record({ key: text }),
  'delete-cas': record({ key: text, index }),
  'delete-tree': record({ key: text }),
};

const kvReads = {
  get: record({ key: text }),
  'get-or-empty': record({ key: text }),
  'get-tree': record({ key: text }),
  'check-not-exists': record({ key: text }),
  'check-index': record({ key: text, index }),
  'check-session': record({ key: text, session: text }),
};

const catalogVerb = oneOf('get', 'set', 'cas', 'delete', 'delete-cas');

const operation = tagged('kind', {
  kv: record({ operation: tagged('verb', { ...kvWrites, ...kvReads }) }),
  node: record({ verb: catalogVerb, node, index }),
  service: record({ verb: catalogVerb, node: text, service: record(serviceFields), index }),
  check: record({ verb: catalogVerb, check, index }),
  session: record({ verb: oneOf('delete'), id: text }),
});

const COMMANDS: { readonly [T in Command['type']]: Shape } = {
  register: record({ node, skipNodeUpdate: flag, service: optional(record(serviceFields)), checks: listOf(check) }),
  deregister: record({ node: text, serviceId: optional(text), checkId: optional(text) }),
  kv: record({ operation: tagged('verb', kvWrites) }),
  txn: record({ operations: listOf(operation) }),
  'session-create': record({
    session: record({
      id: text,
      name: text,
      node: text,
      lockDelayNs: number,
      behavior: text,
      ttl: text,
      nodeChecks: nullable(listOf(text)),
      serviceChecks: nullable(listOf(record({ id: text, namespace: text }))),
    }),
  }),
  'session-destroy': record({ id: text }),
  'lock-delay-expire': record({ keys: listOf(record({ key: text, createIndex: index })) }),
  'tombstone-reap': record({ throughIndex: index }),
  'coordinate-update': record({
    updates: listOf(
      record({ node: text, segment: text, vec: listOf(number), error: number, adjustment: number, height: number }),
    ),
  }),
  setting: record({ name: text, value: text, cas: optional(index) }),
  audit: record({
    previous: optional(record({ index, tables: mapOf(text) })),
    report: optional(record({ server: text, format: index, index, tables: mapOf(text) })),
  }),
  'restore-begin': record({ id: text }),
  'restore-chunk': record({ id: text, sequence: index, rows: bytes, checksum: optional(index) }),
  'restore-commit': record({ id: text, chunks: index }),
  'restore-abort': record({ id: text }),
};

export function isKnownCommand(type: unknown): type is Command['type'] {
  return typeof type === 'string' && Object.hasOwn(COMMANDS, type);
}

/** What is wrong with a command of a known type; undefined when it can be applied. */
export function flawOf(command: Command): string | undefined {
  return COMMANDS[command.type](command, command.type);
}

export function isRestoreCommand(command: Command): command is RestoreCommand {
  const type: unknown = command?.type;
  return typeof type === 'string' && type.startsWith('restore-') && isKnownCommand(type);
}
