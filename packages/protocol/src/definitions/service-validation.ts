import type { ServiceDefinition } from '../api/agent';
import type { JsonObject, JsonValue, Weights } from '../model/catalog';
import { isCheckStatus } from './check-definition-json';
import { checkTypeProblems } from './check-validation';
import type { DefinitionProblem } from './definition-problem';
import { metadataProblem } from './metadata-validation';

const GATEWAY_KINDS = ['mesh-gateway', 'terminating-gateway', 'ingress-gateway'];
const ANY_ADDRESSES = ['0.0.0.0', '::', '[::]'];
/** A weight is the weight of a DNS SRV record, 16 bits (RFC 2782). */
const WEIGHT_MAX = 65_535;
const BAD_STATUS = "Status for checks must 'passing', 'warning', 'critical'";

/** Everything Consul's registration handler refuses, in its order, so that the first problem is the one it reports. */
export function serviceProblems(definition: ServiceDefinition): DefinitionProblem[] {
  const { service, sidecar } = definition;
  const problems: DefinitionProblem[] = [];
  const refuse = (field: string, text: string | undefined): void => {
    if (text !== undefined) problems.push({ kind: 'invalid', field, text });
  };
  refuse('Name', service.service === '' ? 'Missing service name' : undefined);
  refuse('Address', ANY_ADDRESSES.includes(service.address) ? 'Invalid service address' : undefined);
  refuse('Weights', prefixed('Invalid Weights: ', weightsProblem(service.weights)));
  refuse('Meta', prefixed('Invalid Service Meta: ', metadataProblem(service.meta ?? {}, 'consul-')));
  refuse('Kind', multiError(nodeServiceProblems(definition)));
  problems.push(...checksProblems(definition, '', 'Invalid check: '));
  if (sidecar)
    problems.push(...checksProblems(sidecar, 'Connect.SidecarService.', 'Invalid check in sidecar_service: '));
  return problems;
}

function checksProblems(definition: ServiceDefinition, path: string, prefix: string): DefinitionProblem[] {
  const types = definition.checks.flatMap((check, i) => checkTypeProblems(check, `${path}Checks[${i}].`, prefix));
  const badStatus = definition.checks.some((check) => !isCheckStatus(check.status));
  return badStatus ? [...types, { kind: 'invalid', field: `${path}Checks`, text: BAD_STATUS }] : types;
}

export function weightsProblem({ passing, warning }: Weights): string | undefined {
  if (passing < 1) return 'Passing must be greater than 0';
  if (warning < 0) return 'Warning must be greater or equal than 0';
  return passing > WEIGHT_MAX || warning > WEIGHT_MAX ? 'DNS Weight must be between 0 and 65535' : undefined;
}

/** The rules about proxies, gateways and sidecars. */
function nodeServiceProblems(definition: ServiceDefinition): string[] {
  const { service, sidecar } = definition;
  const found: string[] = [];
  if (service.kind === 'connect-proxy') found.push(...connectProxyProblems(definition));
  if (GATEWAY_KINDS.includes(service.kind)) found.push(...gatewayProblems(definition));
  if (sidecar?.service.id) found.push('A SidecarService cannot specify an ID as this is managed by the agent');
  if (sidecar?.sidecar) found.push('A SidecarService cannot have a nested SidecarService');
  return found;
}

function connectProxyProblems({ service }: ServiceDefinition): string[] {
  const destination = text(service.proxy?.DestinationServiceName);
  const found: string[] = [];
  if (destination === '') found.push('Proxy.DestinationServiceName must be non-empty for Connect proxy services');
  if (service.port === 0) found.push('Port must be set for a Connect proxy');
  if (service.connectNative) found.push('A Proxy cannot also be Connect Native, only typical services');
  const upstreams = service.proxy?.Upstreams;
  return Array.isArray(upstreams) ? [...found, ...upstreamsProblems(upstreams as readonly JsonObject[])] : found;
}

function upstreamsProblems(upstreams: readonly JsonObject[]): string[] {
  const seen = new Set<string>();
  return upstreams.flatMap((upstream) => {
    const problem = upstreamProblem(upstream);
    if (problem) return [problem];
    const name = upstreamName(upstream);
    if (seen.has(name)) return [`upstreams cannot contain duplicates of ${name}`];
    seen.add(name);
    return [];
  });
}

const upstreamName = ({ DestinationType, DestinationName, DestinationNamespace, Datacenter }: JsonObject): string =>
  `[type="${text(DestinationType) || 'service'}", name="${text(DestinationName)}", ` +
  `namespace="${text(DestinationNamespace)}", datacenter="${text(Datacenter)}"]`;

function upstreamProblem(upstream: JsonObject): string | undefined {
  if (text(upstream.DestinationName) === '') return 'upstream destination name cannot be empty';
  const bound = Number(upstream.LocalBindPort ?? 0) > 0 || text(upstream.LocalBindSocketPath) !== '';
  return bound ? undefined : 'upstream local bind port cannot be zero';
}

function gatewayProblems({ service }: ServiceDefinition): string[] {
  const { kind, port, proxy } = service;
  const found: string[] = [];
  // An ingress gateway's listeners come from its configuration; the others are reached on this port.
  if (port === 0 && kind !== 'ingress-gateway') found.push(`Port must be non-zero for a ${kind}`);
  if (text(proxy?.DestinationServiceName) !== '') {
    found.push(`The Proxy.DestinationServiceName configuration is invalid for a ${kind}`);
  }
  if (text(proxy?.DestinationServiceID) !== '') {
    found.push(`The Proxy.DestinationServiceID configuration is invalid for a ${kind}`);
  }
  if (text(proxy?.LocalServiceAddress) !== '') {
    found.push(`The Proxy.LocalServiceAddress configuration is invalid for a ${kind}`);
  }
  if (Number(proxy?.LocalServicePort ?? 0) !== 0) {
    found.push(`The Proxy.LocalServicePort configuration is invalid for a ${kind}`);
  }
  if (Array.isArray(proxy?.Upstreams) && proxy.Upstreams.length > 0) {
    found.push(`The Proxy.Upstreams configuration is invalid for a ${kind}`);
  }
  return found;
}

const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
const prefixed = (prefix: string, problem: string | undefined): string | undefined =>
  problem === undefined ? undefined : prefix + problem;

/** The text of HashiCorp's go-multierror, which Consul prints as it is. */
function multiError(problems: readonly string[]): string | undefined {
  if (problems.length === 0) return undefined;
  const head = problems.length === 1 ? '1 error occurred:' : `${problems.length} errors occurred:`;
  return `${head}\n${problems.map((problem) => `\t* ${problem}\n`).join('')}\n`;
}
