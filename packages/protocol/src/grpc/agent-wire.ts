import type { AgentOutcome, CheckDefinition, LocalNode, LocalService, ServiceDefinition } from '../api/agent';
import type { HealthCheck, JsonObject, ServiceAddress } from '../model/catalog';
import { exactJson, parseExactJson } from '../definitions/exact-json';
import { WireError } from './state-wire';

/** 64-bit integers arrive as decimal text. */
type Int64 = string | number;
type Numbers<T> = { readonly [K in keyof T]: T[K] extends number ? Int64 : T[K] };

export interface WireService {
  readonly id: string;
  readonly service: string;
  readonly kind: string;
  readonly tags: readonly string[];
  readonly address: string;
  readonly port: Int64;
  readonly taggedAddresses: Readonly<Record<string, Numbers<ServiceAddress>>>;
  readonly meta: Readonly<Record<string, string>>;
  readonly weights: { readonly passing: Int64; readonly warning: Int64 } | null;
  readonly enableTagOverride: boolean;
  readonly proxyJson: string;
  readonly connectNative: boolean;
}

export interface WireLocalService {
  readonly service: WireService | null;
  readonly fromFile: boolean;
}

export type WireCheck = Omit<HealthCheck, 'serviceTags' | 'definition' | 'createIndex' | 'modifyIndex'> & {
  readonly serviceTags: readonly string[];
};

export type WireCheckDefinition = Numbers<Omit<CheckDefinition, 'header'>> & {
  readonly header: Readonly<Record<string, { readonly values: readonly string[] }>>;
};

export interface WireServiceDefinition {
  readonly service: WireService | null;
  readonly checks: readonly WireCheckDefinition[];
  readonly token: string;
  readonly sidecar: WireServiceDefinition | null;
}

export interface WireOutcome {
  readonly kind: 'OK' | 'INVALID' | 'NOT_FOUND' | 'FAILED';
  readonly reason: string;
}

const invalid = (field: string, problem: string): WireError =>
  new WireError({ code: 'WIRE_INVALID', field }, `${field} ${problem}`);

type Service = ServiceDefinition['service'];

const orNull = <T extends object>(value: T): T | null => (Object.keys(value).length === 0 ? null : value);

export const serviceToWire = (service: Service): WireService => ({
  id: service.id,
  service: service.service,
  kind: service.kind,
  tags: service.tags ?? [],
  address: service.address,
  port: service.port,
  taggedAddresses: service.taggedAddresses ?? {},
  meta: service.meta ?? {},
  weights: service.weights,
  enableTagOverride: service.enableTagOverride,
  proxyJson: service.proxy === null ? '' : exactJson(service.proxy),
  connectNative: service.connectNative,
});

export function serviceFromWire(wire: WireService | null): Service {
  if (!wire) throw invalid('service', 'is missing');
  const addresses = Object.entries(wire.taggedAddresses).map(
    ([name, { address, port }]) => [name, { address, port: integer(port, 'tagged_addresses.port') }] as const,
  );
  return {
    id: wire.id,
    service: wire.service,
    kind: wire.kind,
    tags: wire.tags.length > 0 ? wire.tags : null,
    address: wire.address,
    port: integer(wire.port, 'port'),
    taggedAddresses: orNull(Object.fromEntries(addresses)),
    meta: orNull({ ...wire.meta }),
    weights: {
      passing: integer(wire.weights?.passing ?? 1, 'weights.passing'),
      warning: integer(wire.weights?.warning ?? 1, 'weights.warning'),
    },
    enableTagOverride: wire.enableTagOverride,
    proxy: wire.proxyJson === '' ? null : proxyFromWire(wire.proxyJson),
    connectNative: wire.connectNative,
  };
}

function proxyFromWire(text: string): JsonObject {
  try {
    return parseExactJson(text) as JsonObject;
  } catch {
    throw invalid('proxy_json', 'is not JSON');
  }
}

export const localServiceToWire = ({ service, fromFile }: LocalService): WireLocalService => ({
  service: serviceToWire(service),
  fromFile,
});

export const localServiceFromWire = ({ service, fromFile }: WireLocalService): LocalService => ({
  service: { ...serviceFromWire(service), createIndex: 0, modifyIndex: 0 },
  fromFile,
});

export const checkToWire = (check: HealthCheck): WireCheck => ({
  node: check.node,
  checkId: check.checkId,
  name: check.name,
  status: check.status,
  notes: check.notes,
  output: check.output,
  serviceId: check.serviceId,
  serviceName: check.serviceName,
  serviceTags: check.serviceTags ?? [],
  type: check.type,
});

export const checkFromWire = (wire: WireCheck): HealthCheck => ({
  ...wire,
  serviceTags: wire.serviceTags.length > 0 ? wire.serviceTags : null,
  definition: {},
  createIndex: 0,
  modifyIndex: 0,
});

export const checkDefinitionToWire = (definition: CheckDefinition): WireCheckDefinition => ({
  ...definition,
  header: Object.fromEntries(Object.entries(definition.header).map(([name, values]) => [name, { values }])),
});

const NUMBERS = [
  'ttlNs',
  'intervalNs',
  'timeoutNs',
  'deregisterCriticalServiceAfterNs',
  'successBeforePassing',
  'failuresBeforeWarning',
  'failuresBeforeCritical',
  'outputMaxSize',
] as const;

export function checkDefinitionFromWire(wire: WireCheckDefinition | null): CheckDefinition {
  if (!wire) throw invalid('definition', 'is missing');
  const numbers = Object.fromEntries(NUMBERS.map((name) => [name, integer(wire[name], name)]));
  const header = Object.fromEntries(Object.entries(wire.header).map(([name, { values }]) => [name, values]));
  return { ...wire, ...numbers, header } as CheckDefinition;
}

export const serviceDefinitionToWire = (definition: ServiceDefinition): WireServiceDefinition => ({
  service: serviceToWire(definition.service),
  checks: definition.checks.map(checkDefinitionToWire),
  token: definition.token,
  sidecar: definition.sidecar ? serviceDefinitionToWire(definition.sidecar) : null,
});

export function serviceDefinitionFromWire(wire: WireServiceDefinition | null): ServiceDefinition {
  if (!wire) throw invalid('definition', 'is missing');
  return {
    service: serviceFromWire(wire.service),
    checks: wire.checks.map(checkDefinitionFromWire),
    token: wire.token,
    ...(wire.sidecar ? { sidecar: serviceDefinitionFromWire(wire.sidecar) } : {}),
  };
}

export const nodeFromWire = (wire: LocalNode): LocalNode => ({
  ...wire,
  taggedAddresses: { ...wire.taggedAddresses },
  meta: { ...wire.meta },
});

const KINDS = { invalid: 'INVALID', notFound: 'NOT_FOUND', failed: 'FAILED' } as const;

export const outcomeToWire = (outcome: AgentOutcome): WireOutcome =>
  outcome.ok ? { kind: 'OK', reason: '' } : { kind: KINDS[outcome.kind], reason: outcome.reason };

export function outcomeFromWire({ kind, reason }: WireOutcome): AgentOutcome {
  switch (kind) {
    case 'OK':
      return { ok: true };
    case 'INVALID':
      return { ok: false, kind: 'invalid', reason };
    case 'NOT_FOUND':
      return { ok: false, kind: 'notFound', reason };
    case 'FAILED':
      return { ok: false, kind: 'failed', reason };
  }
}

export function integer(value: Int64, field: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw invalid(field, 'is out of range');
  return number;
}
