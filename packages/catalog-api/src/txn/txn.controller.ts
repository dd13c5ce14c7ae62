import { Controller, Inject } from '@nestjs/common';
import type { Outcome } from '@tribune/state-store';
import { readOptions } from '../answers/read-options';
import { checkDatacenter } from '../answers/reads';
import type { Call } from '../http/call';
import { HttpError } from '../http/http-error';
import { json, type Reply } from '../http/reply';
import { Route } from '../http/route';
import { decodeBytes } from '../json/decode-body';
import type { CatalogApiOptions } from '../options';
import { OPTIONS } from '../tokens';
import { errorJson, operationsOf, resultJson, txnRequest, writes, type TxnRequest } from './txn.json';
import { TxnService } from './txn.service';

/** Operations in one transaction (64 in Consul 1.8, 128 since). */
const OPERATIONS_MAX = 128;
const SIZE_HELP = 'See https://www.consul.io/docs/agent/options.html#txn_max_req_len.';

@Controller()
export class TxnController {
  constructor(
    private readonly txn: TxnService,
    @Inject(OPTIONS) private readonly options: CatalogApiOptions,
  ) {}

  @Route('PUT', '/v1/txn')
  async run(call: Call): Promise<Reply> {
    const { consistency } = readOptions(call, 0);
    const request = await this.request(call);
    checkDatacenter(call.query.get('dc'), this.options.datacenter);
    const { operations, errors } = operationsOf(request, this.options.datacenter);
    const isReadOnly = !request.some(writes);
    if (errors.length > 0) return reply(this.txn.refused(errors), isReadOnly);
    if (!isReadOnly) return reply(await this.txn.write(operations), false);
    return reply(await this.txn.read(operations, consistency === 'stale'), true);
  }

  private async request(call: Call): Promise<TxnRequest> {
    const { kvMaxValueSize, txnMaxReqLen } = this.options.limits;
    const bytesMax = Math.max(kvMaxValueSize, txnMaxReqLen);
    const body = await call.body(
      bytesMax,
      (size) => `Request body(${size} bytes) too large, max size: ${bytesMax} bytes. ${SIZE_HELP}`,
    );
    const request = decodeBytes(body, txnRequest, true, 'Failed to parse body: ') ?? [];
    if (request.length > OPERATIONS_MAX) {
      throw new HttpError(413, `Transaction contains too many operations (${request.length} > ${OPERATIONS_MAX})`);
    }
    for (const op of request) this.checkValueSize(op?.KV?.Key ?? '', op?.KV?.Value?.length ?? 0);
    return request;
  }

  private checkValueSize(key: string, bytes: number): void {
    const { kvMaxValueSize } = this.options.limits;
    if (bytes <= kvMaxValueSize) return;
    throw new HttpError(413, `Value for key ${JSON.stringify(key)} is too large (${bytes} > ${kvMaxValueSize} bytes)`);
  }
}

const READ_HEADERS = ['X-Consul-Knownleader', 'true', 'X-Consul-Lastcontact', '0'];

function reply(outcome: Extract<Outcome, { kind: 'txn' }>, isReadOnly: boolean): Reply {
  const failed = outcome.errors.length > 0;
  const body = {
    Results: failed ? null : outcome.results.map(resultJson),
    Errors: failed ? outcome.errors.map(errorJson) : null,
    ...(isReadOnly ? { Index: 0, LastContact: 0, KnownLeader: true, ConsistencyLevel: '' } : {}),
  };
  return json(body, isReadOnly ? READ_HEADERS : [], failed ? 409 : 200);
}
