import { Controller, Inject } from '@nestjs/common';
import {
  aggregatedStatus,
  NODE_MAINTENANCE_CHECK_ID,
  SERVICE_MAINTENANCE_CHECK_PREFIX,
  type AgentApi,
  type HealthCheck,
  type LocalService,
} from '@tribune/protocol';
import { refuseNamespace } from '../answers/read-options';
import type { Call } from '../http/call';
import { serverError } from '../http/http-error';
import { bytes, json, type Reply } from '../http/reply';
import { Route } from '../http/route';
import { AGENT } from '../tokens';
import { aggregatedCheckJson } from './check-entry.json';
import { serviceEntryJson } from './service-entry.json';

type Aggregate = 'passing' | 'warning' | 'critical' | 'maintenance';

const STATUS_CODES: Readonly<Record<Aggregate, number>> = {
  passing: 200,
  warning: 429,
  critical: 503,
  maintenance: 503,
};
/** From the best to the worst. */
const RANK: readonly Aggregate[] = ['passing', 'warning', 'critical', 'maintenance'];

/** `/v1/agent/health/service/…`: the state of local services as a status code, for load balancers. */
@Controller()
export class AgentHealthController {
  constructor(@Inject(AGENT) private readonly agent: AgentApi) {}

  @Route('GET', '/v1/agent/health/service/id/')
  async byId(call: Call): Promise<Reply> {
    refuseNamespace(call);
    const id = call.tail;
    if (id === '') throw serverError('Bad request: Missing serviceID');
    const service = (await this.agent.services()).find((entry) => entry.service.id === id);
    if (!service) return unknownId(call, id);
    const { status, entry } = aggregate(service, await this.agent.checks());
    return answer(call, status, entry);
  }

  @Route('GET', '/v1/agent/health/service/name/')
  async byName(call: Call): Promise<Reply> {
    refuseNamespace(call);
    const name = call.tail;
    if (name === '') throw serverError('Bad request: Missing service Name');
    const services = (await this.agent.services()).filter(({ service }) => service.service === name);
    if (services.length === 0) return unknownName(call, name);
    const checks = await this.agent.checks();
    const results = services.map((service) => aggregate(service, checks));
    const worst = RANK[Math.max(...results.map(({ status }) => RANK.indexOf(status)))]!;
    return answer(
      call,
      worst,
      results.map(({ entry }) => entry),
    );
  }
}

function aggregate(
  { service }: LocalService,
  all: readonly HealthCheck[],
): { readonly status: Aggregate; readonly entry: object } {
  const checks = all.filter(({ serviceId }) => serviceId === '' || serviceId === service.id);
  const isInMaintenance = checks.some(
    ({ checkId }) => checkId === NODE_MAINTENANCE_CHECK_ID || checkId.startsWith(SERVICE_MAINTENANCE_CHECK_PREFIX),
  );
  const status = isInMaintenance ? 'maintenance' : aggregatedStatus(checks);
  const rows = checks.length === 0 ? [] : checks.map(aggregatedCheckJson);
  return { status, entry: { AggregatedStatus: status, Service: serviceEntryJson(service), Checks: rows } };
}

function answer(call: Call, status: Aggregate, value: unknown): Reply {
  const headers = ['X-Consul-Reason', status];
  return wantsText(call) ? plain(STATUS_CODES[status], status, headers) : json(value, headers, STATUS_CODES[status]);
}

function wantsText(call: Call): boolean {
  return call.query.get('format') === 'text' || (call.header('accept') ?? '').split(',').some(isPlainText);
}

const isPlainText = (range: string): boolean => range.split(';')[0]!.trim() === 'text/plain';

const plain = (status: number, body: string, headers: readonly string[]): Reply =>
  bytes('text/plain', body, headers, status);

/** Consul prints this one as JSON even where text is asked for. */
function unknownId(call: Call, id: string): Reply {
  const reason = `ServiceId ${id} not found`;
  const headers = ['X-Consul-Reason', reason];
  if (wantsText(call)) return json(reason, headers, 404);
  return json({ AggregatedStatus: 'critical', Service: null, Checks: null }, headers, 404);
}

function unknownName(call: Call, name: string): Reply {
  const reason = `ServiceName ${name} Not Found`;
  const headers = ['X-Consul-Reason', reason];
  return wantsText(call) ? plain(404, reason, headers) : json([], headers, 404);
}
