import {
  ApiError,
  invalidArgument,
  KV_TXN_OPERATIONS_MAX,
  KV_VALUE_BYTES_MAX,
  type KvApi,
  type KvDelete,
  type KvEntry,
  type KvList,
  type KvPut,
  type KvTxnOp,
  type KvTxnOutcome,
  type KvWatchEvent,
  type ReadOptions,
  type Revisioned,
  type Topic,
  type Watch,
  type WatchOptions,
} from '@tribune/protocol';
import {
  isReadOnlyTxn,
  kvGet,
  kvKeys,
  kvList,
  readTxn,
  type KvOperation,
  type Outcome,
  type TxnOperation,
  type View,
} from '@tribune/state-store';
import type { Reads } from './reads';
import { PrefixRouter } from './watch/prefix-router';
import type { SubjectRegistry } from './watch/subject-registry';
import type { Writes } from './writes';

const under = (prefix: string): readonly Topic[] => [{ kind: 'kvPrefix', prefix }];
const UINT64_MAX = 2n ** 64n - 1n;
const NO_BYTES = new Uint8Array(0);

/** The public key/value store over the view: reads from memory, writes as commands, watches as shared logs. */
export class PublicKv implements KvApi {
  private readonly prefixes: PrefixRouter;

  constructor(
    private readonly collaborators: {
      readonly view: View;
      readonly reads: Reads;
      readonly writes: Writes;
      readonly subjects: SubjectRegistry;
    },
  ) {
    this.prefixes = new PrefixRouter(collaborators.view);
  }

  async get(key: string, options: ReadOptions = {}): Promise<Revisioned<KvEntry | undefined>> {
    checkKey('key', key);
    return this.collaborators.reads.read(under(key), options, (tables) => kvGet(tables, key).value);
  }

  async put(request: KvPut): Promise<{ readonly revision: number; readonly written: boolean }> {
    checkKey('key', request.key);
    checkValue('value', request.value);
    checkFlags('flags', request.flags ?? 0n);
    checkCondition(request);
    const { revision, ok } = await this.collaborators.writes.ask({ type: 'kv', operation: putOperation(request) });
    return { revision, written: ok };
  }

  async delete({
    key,
    prefix = false,
    cas,
  }: KvDelete): Promise<{ readonly revision: number; readonly deleted: boolean }> {
    if (!prefix) checkKey('key', key);
    if (prefix && cas !== undefined) throw invalidArgument('cas', 'and prefix exclude one another');
    const operation: KvOperation =
      cas === undefined ? { verb: prefix ? 'delete-tree' : 'delete', key } : { verb: 'delete-cas', key, index: cas };
    const { revision, ok } = await this.collaborators.writes.ask({ type: 'kv', operation });
    return { revision, deleted: ok };
  }

  list({ prefix, ...options }: KvList): Promise<Revisioned<readonly KvEntry[]>> {
    return this.collaborators.reads.read(under(prefix), options, (tables) => kvList(tables, prefix).value);
  }

  listKeys(request: KvList & { readonly separator?: string }): Promise<Revisioned<readonly string[]>> {
    const { prefix, separator = '', ...options } = request;
    return this.collaborators.reads.read(under(prefix), options, (tables) => kvKeys(tables, prefix, separator).value);
  }

  async txn(operations: readonly KvTxnOp[]): Promise<KvTxnOutcome> {
    if (operations.length === 0) throw invalidArgument('ops', 'is empty');
    if (operations.length > KV_TXN_OPERATIONS_MAX)
      throw invalidArgument('ops', `has more than ${KV_TXN_OPERATIONS_MAX} operations`);
    operations.forEach(checkOperation);
    const commands = operations.map((operation): TxnOperation => ({ kind: 'kv', operation }));
    if (!isReadOnlyTxn(commands)) {
      const { revision, outcome } = await this.collaborators.writes.propose({ type: 'txn', operations: commands });
      return txnOutcome(revision, outcome);
    }
    const topics = operations.flatMap(({ key }) => under(key));
    const { revision, value } = await this.collaborators.reads.read(topics, {}, (tables) => readTxn(tables, commands));
    return txnOutcome(revision, value);
  }

  async *watch(prefix: string, options: WatchOptions, signal: AbortSignal): Watch<KvWatchEvent> {
    const { reads, subjects } = this.collaborators;
    await reads.require(under(prefix));
    const bytesOf = ({ key, value }: KvEntry): number => 128 + key.length + value.length;
    yield* subjects.watch(`kv/${prefix}`, { bytesOf, open: this.prefixes.source(prefix) }, options, signal);
  }
}

function putOperation({ key, value, flags = 0n, condition }: KvPut): KvOperation {
  switch (condition?.kind) {
    case undefined:
      return { verb: 'set', key, value, flags };
    case 'cas':
      return { verb: 'cas', key, value, flags, index: condition.modifyIndex };
    case 'acquire':
      return { verb: 'lock', key, value, flags, session: condition.session };
    case 'release':
      return { verb: 'unlock', key, value, flags, session: condition.session };
  }
}

function txnOutcome(revision: number, outcome: Outcome): KvTxnOutcome {
  if (outcome.kind !== 'txn') {
    throw new ApiError(
      { code: 'FAILED_PRECONDITION' },
      outcome.kind === 'error' ? outcome.message : 'not a transaction',
    );
  }
  if (outcome.errors.length > 0) return { committed: false, revision, errors: outcome.errors };
  const results = outcome.results.flatMap((result) => (result.kind === 'kv' ? [result] : []));
  return {
    committed: true,
    revision,
    results: results.map(({ entry, withValue }) => (withValue ? entry : { ...entry, value: NO_BYTES })),
  };
}

function checkOperation(operation: KvTxnOp, position: number): void {
  const field = `ops[${position}]`;
  const isTree = operation.verb === 'get-tree' || operation.verb === 'delete-tree';
  if (!isTree) checkKey(`${field}.key`, operation.key);
  if ('value' in operation) checkValue(`${field}.value`, operation.value);
  if ('flags' in operation) checkFlags(`${field}.flags`, operation.flags);
  if ('session' in operation && operation.session === '') throw invalidArgument(`${field}.session`, 'is empty');
}

function checkCondition({ condition }: KvPut): void {
  if (condition === undefined || condition.kind === 'cas') return;
  if (condition.session === '') throw invalidArgument(condition.kind, 'names no session');
}

function checkKey(field: string, key: string): void {
  if (key === '') throw invalidArgument(field, 'is empty');
}

function checkValue(field: string, value: Uint8Array): void {
  if (value.length > KV_VALUE_BYTES_MAX) {
    throw invalidArgument(field, `has ${value.length} bytes, more than ${KV_VALUE_BYTES_MAX}`);
  }
}

function checkFlags(field: string, flags: bigint): void {
  if (flags < 0n || flags > UINT64_MAX) throw invalidArgument(field, `${flags} is not between 0 and 2^64-1`);
}
