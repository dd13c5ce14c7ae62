import { Controller, Inject } from '@nestjs/common';
import type { AgentApi } from '@tribune/protocol';
import { refuseNamespace } from '../answers/read-options';
import { CHECK_FIELDS } from '../filter/fields';
import { compileFilter } from '../filter/filter';
import type { Call } from '../http/call';
import { badRequest } from '../http/http-error';
import { json, type Reply } from '../http/reply';
import { Route } from '../http/route';
import { decodeBody } from '../json/decode-body';
import { sortedMap } from '../json/go-json';
import { goString, struct } from '../json/go-type';
import type { CatalogApiOptions } from '../options';
import { AGENT, OPTIONS } from '../tokens';
import { checkEntryJson } from './check-entry.json';
import { outcomeReply } from './outcome-reply';
import { readCheckDefinition } from './registration-body';

const CHECK_UPDATE = struct('checkUpdate', { Status: goString, Output: goString });
const STATUSES = ['passing', 'warning', 'critical'];

/** `/v1/agent/checks` and `/v1/agent/check/…`: this agent's own checks. */
@Controller()
export class AgentChecksController {
  constructor(
    @Inject(AGENT) private readonly agent: AgentApi,
    @Inject(OPTIONS) private readonly options: CatalogApiOptions,
  ) {}

  @Route('GET', '/v1/agent/checks')
  async list(call: Call): Promise<Reply> {
    refuseNamespace(call);
    const wanted = compileFilter(call.query.get('filter'), CHECK_FIELDS);
    const entries = (await this.agent.checks()).map((check) => [check.checkId, checkEntryJson(check)] as const);
    return json(sortedMap(Object.fromEntries(entries.filter(([, entry]) => wanted(entry)))));
  }

  @Route('PUT', '/v1/agent/check/register')
  async register(call: Call): Promise<Reply> {
    refuseNamespace(call);
    const definition = await readCheckDefinition(call, this.options.limits.bodyBytesMax);
    const token = definition.token || (call.header('x-consul-token') ?? '');
    return outcomeReply(await this.agent.registerCheck({ ...definition, token }));
  }

  @Route('PUT', '/v1/agent/check/deregister/')
  async deregister(call: Call): Promise<Reply> {
    refuseNamespace(call);
    return outcomeReply(await this.agent.deregisterCheck(call.tail));
  }

  @Route('PUT', '/v1/agent/check/pass/')
  pass(call: Call): Promise<Reply> {
    return this.note(call, 'passing');
  }

  @Route('PUT', '/v1/agent/check/warn/')
  warn(call: Call): Promise<Reply> {
    return this.note(call, 'warning');
  }

  @Route('PUT', '/v1/agent/check/fail/')
  fail(call: Call): Promise<Reply> {
    return this.note(call, 'critical');
  }

  @Route('PUT', '/v1/agent/check/update/')
  async update(call: Call): Promise<Reply> {
    const { bodyBytesMax } = this.options.limits;
    const { Status, Output } = await decodeBody(call, CHECK_UPDATE, { bytesMax: bodyBytesMax, isStrict: true });
    if (!STATUSES.includes(Status)) throw badRequest(`Invalid check status: '${Status}'`);
    refuseNamespace(call);
    return outcomeReply(await this.agent.updateTtl(call.tail, Status, Output));
  }

  private async note(call: Call, status: string): Promise<Reply> {
    refuseNamespace(call);
    return outcomeReply(await this.agent.updateTtl(call.tail, status, call.query.get('note')));
  }
}
