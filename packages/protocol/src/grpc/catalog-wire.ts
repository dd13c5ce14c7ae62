import {
  aggregatedStatus,
  type CheckServiceNode,
  type HealthCheck,
  type Node,
  type ServiceInstance,
} from '../model/catalog';
import { invalidArgument } from '../api/api-error';
import type { CatalogDeregistration, CatalogRegistration, InstancesQuery } from '../api/catalog';
import { consistencyFromWire, consistencyToWire, type WireConsistency } from './consistency-wire';
import { jsonFromWire, jsonToWire } from './json-field';
import { safeFromWire, type Uint64 } from './wire-integers';

// Shapes as proto-loader gives them: camelCase, 64-bit as text, every field present. In a request of a careless client a
// message field may be null. Contract: proto/tribune/catalog/v1/catalog.proto.
export interface WireNode {
  id: string;
  node: string;
  address: string;
  datacenter: string;
  taggedAddresses: Record<string, string>;
  meta: Record<string, string>;
  createIndex: Uint64;
  modifyIndex: Uint64;
}
export interface WireService {
  id: string;
  service: string;
  kind: string;
  tags: readonly string[];
  address: string;
  port: number;
  taggedAddresses: Record<string, { address: string; port: number }>;
  meta: Record<string, string>;
  weights: { passing: number; warning: number } | null;
  enableTagOverride: boolean;
  proxyJson: string;
  connectNative: boolean;
  createIndex: Uint64;
  modifyIndex: Uint64;
}
export interface WireCheck {
  node: string;
  checkId: string;
  name: string;
  status: string;
  notes: string;
  output: string;
  serviceId: string;
  serviceName: string;
  serviceTags: readonly string[];
  type: string;
  definitionJson: string;
  createIndex: Uint64;
  modifyIndex: Uint64;
}
export interface WireInstance {
  node: WireNode | null;
  service: WireService | null;
  checks: readonly WireCheck[];
  status: string;
}
export interface WireRegister {
  node: WireNode | null;
  skipNodeUpdate: boolean;
  service: WireService | null;
  checks: readonly WireCheck[];
}
export interface WireDeregister {
  node: string;
  serviceId: string;
  checkId: string;
}
export interface WireInstancesRequest {
  service: string;
  tags: readonly string[];
  passingOnly: boolean;
  consistency: WireConsistency;
  connect: boolean;
  address: string;
}

type Unindexed<T> = Omit<T, 'createIndex' | 'modifyIndex'> & {
  readonly createIndex?: number;
  readonly modifyIndex?: number;
};

/** A map that is empty on the wire was null or empty at the sender: the wire cannot tell, and null is what Consul stores. */
const mapFromWire = <T>(map: Record<string, T>): Readonly<Record<string, T>> | null =>
  Object.keys(map).length === 0 ? null : map;

const indexesToWire = (record: { readonly createIndex?: number; readonly modifyIndex?: number }) => ({
  createIndex: String(record.createIndex ?? 0),
  modifyIndex: String(record.modifyIndex ?? 0),
});
const indexesFromWire = (wire: { createIndex: Uint64; modifyIndex: Uint64 }, field: string) => ({
  createIndex: safeFromWire(wire.createIndex, `${field}.create_index`),
  modifyIndex: safeFromWire(wire.modifyIndex, `${field}.modify_index`),
});

export function nodeToWire(node: Unindexed<Node>): WireNode {
  const { id, node: name, address, datacenter, taggedAddresses, meta } = node;
  const maps = { taggedAddresses: taggedAddresses ?? {}, meta: meta ?? {} };
  return { id, node: name, address, datacenter, ...maps, ...indexesToWire(node) };
}

export function nodeFromWire(wire: WireNode, field = 'node'): Node {
  const { id, node, address, datacenter } = wire;
  const maps = { taggedAddresses: mapFromWire(wire.taggedAddresses), meta: mapFromWire(wire.meta) };
  return { id, node, address, datacenter, ...maps, ...indexesFromWire(wire, field) };
}

export function serviceToWire(service: Omit<Unindexed<ServiceInstance>, 'node'>): WireService {
  const { id, service: name, kind, address, port, weights, enableTagOverride, connectNative } = service;
  return {
    ...{ id, service: name, kind, address, port, weights, enableTagOverride, connectNative },
    tags: service.tags ?? [],
    taggedAddresses: service.taggedAddresses ?? {},
    meta: service.meta ?? {},
    proxyJson: jsonToWire(service.proxy),
    ...indexesToWire(service),
  };
}

export function serviceFromWire(wire: WireService, node: string, field = 'service'): ServiceInstance {
  const { id, service, kind, tags, address, port, enableTagOverride, connectNative } = wire;
  return {
    ...{ node, id, service, kind, tags, address, port, enableTagOverride, connectNative },
    taggedAddresses: mapFromWire(wire.taggedAddresses),
    meta: mapFromWire(wire.meta),
    weights: wire.weights ?? { passing: 1, warning: 1 },
    proxy: jsonFromWire(wire.proxyJson, `${field}.proxy_json`),
    ...indexesFromWire(wire, field),
  };
}

export function checkToWire(check: Unindexed<HealthCheck>): WireCheck {
  const { node, checkId, name, status, notes, output, serviceId, serviceName, type } = check;
  const hasDefinition = Object.keys(check.definition).length > 0;
  return {
    ...{ node, checkId, name, status, notes, output, serviceId, serviceName, type },
    serviceTags: check.serviceTags ?? [],
    definitionJson: hasDefinition ? jsonToWire(check.definition) : '',
    ...indexesToWire(check),
  };
}

export function checkFromWire(wire: WireCheck, field = 'check'): HealthCheck {
  const { node, checkId, name, status, notes, output, serviceId, serviceName, serviceTags, type } = wire;
  const definition = jsonFromWire(wire.definitionJson, `${field}.definition_json`) ?? {};
  const plain = { node, checkId, name, status, notes, output, serviceId, serviceName, serviceTags, type };
  return { ...plain, definition, ...indexesFromWire(wire, field) };
}

export function instanceToWire({ node, service, checks }: CheckServiceNode): WireInstance {
  const status = aggregatedStatus(checks);
  return { node: nodeToWire(node), service: serviceToWire(service), checks: checks.map(checkToWire), status };
}

export function instanceFromWire(wire: WireInstance): CheckServiceNode {
  if (!wire.node) throw invalidArgument('instance.node', 'is missing');
  if (!wire.service) throw invalidArgument('instance.service', 'is missing');
  const node = nodeFromWire(wire.node, 'instance.node');
  const service = serviceFromWire(wire.service, node.node, 'instance.service');
  return { node, service, checks: wire.checks.map((check, i) => checkFromWire(check, `instance.checks[${i}]`)) };
}

export function registrationToWire({ node, skipNodeUpdate, service, checks }: CatalogRegistration): WireRegister {
  return {
    node: nodeToWire(node),
    skipNodeUpdate: skipNodeUpdate ?? false,
    service: service ? serviceToWire(service) : null,
    checks: (checks ?? []).map(checkToWire),
  };
}

/** The indexes a client sends are ignored, as the contract says. */
export function registrationFromWire(wire: WireRegister): CatalogRegistration {
  if (!wire.node) throw invalidArgument('node', 'is missing');
  const node = nodeFromWire({ ...wire.node, ...NO_INDEXES });
  const checks = wire.checks.map((check, i) => checkFromWire({ ...check, ...NO_INDEXES }, `checks[${i}]`));
  const service = wire.service ? serviceFromWire({ ...wire.service, ...NO_INDEXES }, node.node) : undefined;
  return { node, skipNodeUpdate: wire.skipNodeUpdate, checks, ...(service ? { service } : {}) };
}

const NO_INDEXES = { createIndex: '0', modifyIndex: '0' };

export const deregistrationToWire = ({ node, serviceId, checkId }: CatalogDeregistration): WireDeregister => ({
  node,
  serviceId: serviceId ?? '',
  checkId: checkId ?? '',
});

export const deregistrationFromWire = ({ node, serviceId, checkId }: WireDeregister): CatalogDeregistration => ({
  node,
  ...(serviceId === '' ? {} : { serviceId }),
  ...(checkId === '' ? {} : { checkId }),
});

export const instancesQueryToWire = (query: InstancesQuery): WireInstancesRequest => ({
  service: query.service,
  tags: query.tags ?? [],
  passingOnly: query.passingOnly ?? false,
  consistency: consistencyToWire(query.consistency),
  connect: query.connect ?? false,
  address: query.address ?? '',
});

export const instancesQueryFromWire = (wire: WireInstancesRequest): InstancesQuery => ({
  service: wire.service,
  tags: wire.tags,
  passingOnly: wire.passingOnly,
  consistency: consistencyFromWire(wire.consistency),
  connect: wire.connect,
  ...(wire.address === '' ? {} : { address: wire.address }),
});
