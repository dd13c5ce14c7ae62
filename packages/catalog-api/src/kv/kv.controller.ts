import { Controller, Inject } from '@nestjs/common';
import type { KvOperation } from '@tribune/state-store';
import { refuseNamespace } from '../answers/read-options';
import { checkDatacenter, Reads } from '../answers/reads';
import type { Call } from '../http/call';
import { badRequest } from '../http/http-error';
import { json, type Reply, type Answering } from '../http/reply';
import { Route } from '../http/route';
import { parseUint64 } from '../json/integers';
import type { CatalogApiOptions } from '../options';
import { OPTIONS } from '../tokens';
import { KvService } from './kv.service';

const VALUE_HELP = 'See https://www.consul.io/docs/agent/options.html#kv_max_value_size.';

/** `/v1/kv/`: the key is everything behind it. */
@Controller()
export class KvController {
  constructor(
    private readonly kv: KvService,
    private readonly reads: Reads,
    @Inject(OPTIONS) private readonly options: CatalogApiOptions,
  ) {}

  @Route('GET', '/v1/kv/')
  get(call: Call): Answering | Promise<Answering> {
    const { query, tail: key } = call;
    const topics = [{ kind: 'kvPrefix', prefix: key }] as const;
    const evaluated = (evaluate: Parameters<Reads['serve']>[1]['evaluate']): Answering | Promise<Answering> =>
      this.reads.serve(call, { topics, family: 'kv', evaluate });
    if (query.has('keys')) {
      const separator = query.get('separator') || query.get('seperator');
      return evaluated((tables) => this.kv.keys(tables, key, separator));
    }
    if (query.has('recurse')) return evaluated((tables) => this.kv.list(tables, key));
    refuseNamespace(call);
    requireKey(key);
    if (query.has('raw')) return evaluated((tables) => this.kv.raw(tables, key));
    return evaluated((tables) => this.kv.entry(tables, key));
  }

  @Route('PUT', '/v1/kv/')
  async put(call: Call): Promise<Reply> {
    refuseNamespace(call);
    requireKey(call.tail);
    refuseConflicts(call, ['acquire', 'cas', 'release']);
    const { kvMaxValueSize } = this.options.limits;
    const flags = call.query.has('flags') ? parseUint64(call.query.get('flags')) : 0n;
    const withValue = operationOf(call, flags);
    const value = await call.body(
      kvMaxValueSize,
      (size) => `Request body(${size} bytes) too large, max size: ${kvMaxValueSize} bytes. ${VALUE_HELP}`,
    );
    checkDatacenter(call.query.get('dc'), this.options.datacenter);
    return json(await this.kv.write(withValue(value)));
  }

  @Route('DELETE', '/v1/kv/')
  async delete(call: Call): Promise<Reply> {
    refuseNamespace(call);
    const { query, tail: key } = call;
    refuseConflicts(call, ['recurse', 'cas']);
    if (!query.has('recurse')) requireKey(key);
    const operation = deletionOf(call);
    checkDatacenter(query.get('dc'), this.options.datacenter);
    return json(await this.kv.write(operation));
  }
}

function requireKey(key: string): void {
  if (key === '') throw badRequest('Missing key name');
}

/** The write that the parameters ask for, for a value that is still to come. */
function operationOf(call: Call, flags: bigint): (value: Uint8Array) => KvOperation {
  const { query, tail: key } = call;
  if (query.has('cas')) {
    const index = indexOf(query.get('cas'));
    return (value) => ({ verb: 'cas', key, value, flags, index });
  }
  if (query.has('acquire')) return (value) => ({ verb: 'lock', key, value, flags, session: query.get('acquire') });
  if (query.has('release')) return (value) => ({ verb: 'unlock', key, value, flags, session: query.get('release') });
  return (value) => ({ verb: 'set', key, value, flags });
}

function deletionOf(call: Call): KvOperation {
  const { query, tail: key } = call;
  if (query.has('recurse')) return { verb: 'delete-tree', key };
  if (query.has('cas')) return { verb: 'delete-cas', key, index: indexOf(query.get('cas')) };
  return { verb: 'delete', key };
}

/** Revisions are safe integers; a larger number matches none of them, and neither does what it is rounded to. */
const indexOf = (text: string): number => Number(parseUint64(text));

/** At most one of `names`; the sentence lists those given, sorted, as Go encodes a query. */
function refuseConflicts(call: Call, names: readonly string[]): void {
  if (call.query.size < 2) return;
  const given = names.filter((name) => call.query.has(name));
  if (given.length < 2) return;
  const listed = given.sort().map((name) => `${name}=${call.query.get(name)}`);
  throw badRequest(`Conflicting flags: ${listed.join('&')}`);
}
