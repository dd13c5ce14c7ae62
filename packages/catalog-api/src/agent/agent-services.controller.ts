import { Controller, Inject } from '@nestjs/common';
import type { AgentApi } from '@tribune/protocol';
import { refuseNamespace } from '../answers/read-options';
import { INSTANCE_FIELDS } from '../filter/fields';
import { compileFilter } from '../filter/filter';
import type { Call } from '../http/call';
import { badRequest, notFound } from '../http/http-error';
import { json, type Reply } from '../http/reply';
import { Route } from '../http/route';
import { sortedMap } from '../json/go-json';
import type { CatalogApiOptions } from '../options';
import { AGENT, OPTIONS } from '../tokens';
import { enableFlag } from './enable-flag';
import { contentHash, LocalBlocking } from './local-blocking';
import { outcomeReply } from './outcome-reply';
import { readServiceDefinition } from './registration-body';
import { serviceEntryJson } from './service-entry.json';

/** `/v1/agent/services` and `/v1/agent/service/…`: this agent's own services. */
@Controller()
export class AgentServicesController {
  constructor(
    @Inject(AGENT) private readonly agent: AgentApi,
    @Inject(OPTIONS) private readonly options: CatalogApiOptions,
    private readonly blocking: LocalBlocking,
  ) {}

  @Route('GET', '/v1/agent/services')
  async list(call: Call): Promise<Reply> {
    refuseNamespace(call);
    const wanted = compileFilter(call.query.get('filter'), INSTANCE_FIELDS);
    const entries = (await this.agent.services()).map(
      ({ service }) => [service.id, serviceEntryJson(service)] as const,
    );
    return json(sortedMap(Object.fromEntries(entries.filter(([, entry]) => wanted(entry)))));
  }

  @Route('GET', '/v1/agent/service/')
  async get(call: Call): Promise<Reply> {
    refuseNamespace(call);
    const id = call.tail;
    const { entry, hash } = await this.blocking.until(call, async () => {
      const found = (await this.agent.services()).find(({ service }) => service.id === id);
      const hash = found ? contentHash(serviceEntryJson(found.service)) : 'gone';
      return { hash, entry: found && serviceEntryJson(found.service, hash) };
    });
    if (!entry) throw notFound(`unknown service ID: ${id}`);
    return json(entry, ['X-Consul-Contenthash', hash]);
  }

  @Route('PUT', '/v1/agent/service/register')
  async register(call: Call): Promise<Reply> {
    refuseNamespace(call);
    const definition = await readServiceDefinition(call, this.options.limits.bodyBytesMax);
    const replaceExistingChecks = call.query.has('replace-existing-checks');
    const token = definition.token || (call.header('x-consul-token') ?? '');
    return outcomeReply(await this.agent.registerService({ ...definition, token }, { replaceExistingChecks }));
  }

  @Route('PUT', '/v1/agent/service/deregister/')
  async deregister(call: Call): Promise<Reply> {
    refuseNamespace(call);
    return outcomeReply(await this.agent.deregisterService(call.tail));
  }

  @Route('PUT', '/v1/agent/service/maintenance/')
  async maintenance(call: Call): Promise<Reply> {
    if (call.tail === '') throw badRequest('Missing service ID');
    const enable = enableFlag(call);
    refuseNamespace(call);
    return outcomeReply(await this.agent.serviceMaintenance(call.tail, enable, call.query.get('reason')));
  }
}
