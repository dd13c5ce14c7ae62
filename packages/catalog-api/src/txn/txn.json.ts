import type { TxnError, TxnOperation, TxnResult } from '@tribune/state-store';
import { checkJson, instanceJson, nodeJson } from '../catalog/catalog.json';
import { uuidProblem } from '../catalog/uuid';
import { checkOf } from '../catalog/check-definition.json';
import { checkRequest, instanceRequest } from '../catalog/register.json';
import { instanceOf } from '../catalog/register-command';
import { goBytes, goString, goUint64, mapOf, named, optional, slice, struct, type GoType } from '../json/go-type';
import { kvEntryJson } from '../kv/kv.json';

const kv = struct(
  'KVTxnOp',
  {
    Verb: named('api.KVOp'),
    Key: goString,
    Value: goBytes,
    Flags: goUint64,
    Index: goUint64,
    Session: goString,
    Namespace: goString,
  },
  { goName: 'api.KVTxnOp' },
);
const node = struct(
  'Node',
  {
    ID: goString,
    Node: goString,
    Address: goString,
    Datacenter: goString,
    TaggedAddresses: mapOf(goString),
    Meta: mapOf(goString),
    CreateIndex: goUint64,
    ModifyIndex: goUint64,
  },
  { goName: 'api.Node' },
);

/** The body of `PUT /v1/txn`. */
export const txnRequest = slice(
  optional(
    struct(
      'TxnOp',
      {
        KV: optional(kv),
        Node: optional(struct('NodeTxnOp', { Verb: named('api.NodeOp'), Node: node }, { goName: 'api.NodeTxnOp' })),
        Service: optional(
          struct(
            'ServiceTxnOp',
            { Verb: named('api.ServiceOp'), Node: goString, Service: instanceRequest },
            { goName: 'api.ServiceTxnOp' },
          ),
        ),
        Check: optional(
          struct('CheckTxnOp', { Verb: named('api.CheckOp'), Check: checkRequest }, { goName: 'api.CheckTxnOp' }),
        ),
      },
      { goName: 'api.TxnOp' },
    ),
  ),
  'api.TxnOps',
);
export type TxnRequest = NonNullable<typeof txnRequest extends GoType<infer T> ? T : never>;
type TxnOp = NonNullable<TxnRequest[number]>;
type KvOp = NonNullable<TxnOp['KV']>;

const CATALOG_VERBS = new Set(['get', 'set', 'cas', 'delete', 'delete-cas']);
const NOTHING = new Uint8Array(0);

export interface ReadOperations {
  readonly operations: readonly TxnOperation[];
  readonly errors: readonly TxnError[];
}

/** The operations, and what is wrong with them before any is tried. An operation without a kind is passed over. */
export function operationsOf(request: TxnRequest, datacenter: string): ReadOperations {
  const isWrite = request.some(writes);
  const operations: TxnOperation[] = [];
  const errors: TxnError[] = [];
  request.forEach((op, opIndex) => {
    const read = op && operationOf(op, datacenter, isWrite);
    if (typeof read === 'string') errors.push({ opIndex, what: read });
    else if (read) operations.push(read);
  });
  return { operations, errors };
}

const KV_WRITES = new Set(['set', 'cas', 'lock', 'unlock', 'delete', 'delete-cas', 'delete-tree']);

/** Whether an operation makes its transaction one that writes. Consul counts unknown KV verbs as reads, others as writes. */
export function writes(op: TxnRequest[number]): boolean {
  if (op?.KV) return KV_WRITES.has(op.KV.Verb);
  const verb = op?.Node?.Verb ?? op?.Service?.Verb ?? op?.Check?.Verb ?? 'get';
  return verb !== 'get';
}

/** An operation, or the sentence that refuses it; undefined when none is given. */
function operationOf(op: TxnOp, datacenter: string, isWrite: boolean): TxnOperation | string | undefined {
  if (op.KV) return kvOperationOf(op.KV);
  // Who only reads is not examined, also among writes.
  const isExamined = isWrite && writes(op);
  if (op.Node) return nodeOperationOf(op.Node, datacenter, isExamined);
  if (op.Service) return serviceOperationOf(op.Service, isExamined);
  return op.Check ? checkOperationOf(op.Check) : undefined;
}

function kvOperationOf(op: KvOp): TxnOperation | string {
  const { Verb: verb, Key: key, Flags: flags, Session: session } = op;
  const value = op.Value ?? NOTHING;
  const index = Number(op.Index);
  // Only this one may name no key: it takes everything.
  if (key === '' && verb !== 'delete-tree') return 'Must provide key';
  switch (verb) {
    case 'set':
      return { kind: 'kv', operation: { verb, key, value, flags } };
    case 'cas':
      return { kind: 'kv', operation: { verb, key, value, flags, index } };
    case 'lock':
    case 'unlock':
      return { kind: 'kv', operation: { verb, key, value, flags, session } };
    case 'delete':
    case 'delete-tree':
    case 'get':
    case 'get-or-empty':
    case 'get-tree':
    case 'check-not-exists':
      return { kind: 'kv', operation: { verb, key } };
    case 'delete-cas':
    case 'check-index':
      return { kind: 'kv', operation: { verb, key, index } };
    case 'check-session':
      return { kind: 'kv', operation: { verb, key, session } };
    default:
      return `unknown KV verb ${JSON.stringify(verb)}`;
  }
}

type CatalogVerb = Extract<TxnOperation, { kind: 'node' }>['verb'];
const isCatalogVerb = (verb: string): verb is CatalogVerb => CATALOG_VERBS.has(verb);

function nodeOperationOf(
  op: NonNullable<TxnOp['Node']>,
  datacenter: string,
  isExamined: boolean,
): TxnOperation | string {
  const { Verb: verb, Node: given } = op;
  if (given.Node === '') return 'Must provide node';
  const problem = isExamined && given.ID !== '' ? uuidProblem(given.ID) : undefined;
  if (problem !== undefined) return `Bad node ID: ${problem}`;
  if (!isCatalogVerb(verb)) return `unknown Node verb ${JSON.stringify(verb)}`;
  const row = {
    id: given.ID,
    node: given.Node,
    address: given.Address,
    datacenter: given.Datacenter || datacenter,
    taggedAddresses: given.TaggedAddresses,
    meta: given.Meta,
  };
  return { kind: 'node', verb, node: row, index: Number(given.ModifyIndex) };
}

function serviceOperationOf(op: NonNullable<TxnOp['Service']>, isExamined: boolean): TxnOperation | string {
  const { Verb: verb, Service: given } = op;
  if (isExamined && given.ID !== '' && given.Service === '') {
    return 'Must provide service name with ID';
  }
  if (!isCatalogVerb(verb)) return `unknown Service verb ${JSON.stringify(verb)}`;
  return {
    kind: 'service',
    verb,
    node: op.Node,
    service: { ...instanceOf(given), node: op.Node },
    index: Number(given.ModifyIndex),
  };
}

function checkOperationOf(op: NonNullable<TxnOp['Check']>): TxnOperation | string {
  const { Verb: verb, Check: given } = op;
  if (!isCatalogVerb(verb)) return `unknown Check verb ${JSON.stringify(verb)}`;
  return { kind: 'check', verb, check: checkOf(given, given.Node), index: Number(given.ModifyIndex) };
}

export function resultJson(result: TxnResult): Record<string, unknown> {
  switch (result.kind) {
    case 'kv':
      return { KV: result.withValue ? kvEntryJson(result.entry) : { ...kvEntryJson(result.entry), Value: null } };
    case 'node':
      return { Node: nodeJson(result.node) };
    case 'service':
      return { Service: instanceJson(result.service, 'null') };
    case 'check':
      return { Check: checkJson(result.check, 'null') };
  }
}

export const errorJson = ({ opIndex, what }: TxnError): object => ({ OpIndex: opIndex, What: what });
