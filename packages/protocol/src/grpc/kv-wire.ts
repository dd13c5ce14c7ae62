import { invalidArgument } from '../api/api-error';
import type { KvDelete, KvPut, KvPutCondition, KvTxnOp, KvTxnOutcome } from '../api/kv';
import type { KvEntry } from '../model/kv';
import { bigFromWire, bigToWire, safeFromWire, type Uint64 } from './wire-integers';

// Shapes as proto-loader gives them. Contract: proto/tribune/kv/v1/kv.proto.
export interface WireEntry {
  key: string;
  value: Uint8Array;
  flags: Uint64;
  lockIndex: Uint64;
  session: string;
  createIndex: Uint64;
  modifyIndex: Uint64;
}
export interface WirePut {
  key: string;
  value: Uint8Array;
  flags: Uint64;
  cas?: Uint64;
  acquire?: string;
  release?: string;
}
export interface WireDelete {
  key: string;
  prefix: boolean;
  cas?: Uint64;
}
export interface WireTxnOp {
  verb: keyof typeof VERBS | number;
  key: string;
  value: Uint8Array;
  flags: Uint64;
  index: Uint64;
  session: string;
}
export interface WireTxnResponse {
  revision: Uint64;
  committed: boolean;
  results: readonly WireEntry[];
  errors: readonly { opIndex: number; what: string }[];
}

const VERBS = {
  SET: 'set',
  CAS: 'cas',
  LOCK: 'lock',
  UNLOCK: 'unlock',
  GET: 'get',
  GET_OR_EMPTY: 'get-or-empty',
  GET_TREE: 'get-tree',
  CHECK_INDEX: 'check-index',
  CHECK_SESSION: 'check-session',
  CHECK_NOT_EXISTS: 'check-not-exists',
  DELETE: 'delete',
  DELETE_TREE: 'delete-tree',
  DELETE_CAS: 'delete-cas',
} as const satisfies Record<string, KvTxnOp['verb']>;
const WIRE_VERBS = new Map(Object.entries(VERBS).map(([wire, verb]) => [verb, wire as keyof typeof VERBS]));
const NO_BYTES = new Uint8Array(0);

export const entryToWire = (entry: KvEntry): WireEntry => ({
  key: entry.key,
  value: entry.value,
  flags: String(entry.flags),
  lockIndex: String(entry.lockIndex),
  session: entry.session,
  createIndex: String(entry.createIndex),
  modifyIndex: String(entry.modifyIndex),
});

export const entryFromWire = (wire: WireEntry): KvEntry => ({
  key: wire.key,
  value: wire.value,
  flags: bigFromWire(wire.flags),
  lockIndex: safeFromWire(wire.lockIndex, 'entry.lock_index'),
  session: wire.session,
  createIndex: safeFromWire(wire.createIndex, 'entry.create_index'),
  modifyIndex: safeFromWire(wire.modifyIndex, 'entry.modify_index'),
});

export function putToWire({ key, value, flags = 0n, condition }: KvPut): WirePut {
  const plain = { key, value, flags: bigToWire(flags, 'flags') };
  switch (condition?.kind) {
    case undefined:
      return plain;
    case 'cas':
      return { ...plain, cas: String(condition.modifyIndex) };
    case 'acquire':
      return { ...plain, acquire: condition.session };
    case 'release':
      return { ...plain, release: condition.session };
  }
}

export function putFromWire(wire: WirePut): KvPut {
  const condition = conditionFromWire(wire);
  return { key: wire.key, value: wire.value, flags: bigFromWire(wire.flags), ...(condition ? { condition } : {}) };
}

function conditionFromWire({ cas, acquire, release }: WirePut): KvPutCondition | undefined {
  if (cas !== undefined) return { kind: 'cas', modifyIndex: safeFromWire(cas, 'cas') };
  if (acquire !== undefined) return { kind: 'acquire', session: acquire };
  return release === undefined ? undefined : { kind: 'release', session: release };
}

export const deleteToWire = ({ key, prefix = false, cas }: KvDelete): WireDelete => ({
  key,
  prefix,
  ...(cas === undefined ? {} : { cas: String(cas) }),
});

/** proto-loader shows an absent optional field as undefined or null. */
export const deleteFromWire = ({ key, prefix, cas }: WireDelete): KvDelete => ({
  key,
  prefix,
  ...(cas == null ? {} : { cas: safeFromWire(cas, 'cas') }),
});

export function txnOpToWire(op: KvTxnOp, position: number): WireTxnOp {
  return {
    verb: WIRE_VERBS.get(op.verb)!,
    key: op.key,
    value: 'value' in op ? op.value : NO_BYTES,
    flags: 'flags' in op ? bigToWire(op.flags, `ops[${position}].flags`) : '0',
    index: 'index' in op ? String(op.index) : '0',
    session: 'session' in op ? op.session : '',
  };
}

export function txnOpFromWire(wire: WireTxnOp, position: number): KvTxnOp {
  const verb = typeof wire.verb === 'string' ? VERBS[wire.verb] : undefined;
  const { key, value, session } = wire;
  const flags = bigFromWire(wire.flags);
  const index = safeFromWire(wire.index, `ops[${position}].index`);
  switch (verb) {
    case undefined:
      throw invalidArgument(`ops[${position}].verb`, `${wire.verb} is not known`);
    case 'set':
      return { verb, key, value, flags };
    case 'cas':
      return { verb, key, value, flags, index };
    case 'lock':
    case 'unlock':
      return { verb, key, value, flags, session };
    case 'check-index':
    case 'delete-cas':
      return { verb, key, index };
    case 'check-session':
      return { verb, key, session };
    default:
      return { verb, key };
  }
}

export function txnOutcomeToWire(outcome: KvTxnOutcome): WireTxnResponse {
  const revision = String(outcome.revision);
  if (outcome.committed) return { revision, committed: true, results: outcome.results.map(entryToWire), errors: [] };
  return { revision, committed: false, results: [], errors: outcome.errors };
}

export function txnOutcomeFromWire(wire: WireTxnResponse): KvTxnOutcome {
  const revision = safeFromWire(wire.revision, 'revision');
  if (wire.committed) return { committed: true, revision, results: wire.results.map(entryFromWire) };
  return { committed: false, revision, errors: wire.errors };
}
