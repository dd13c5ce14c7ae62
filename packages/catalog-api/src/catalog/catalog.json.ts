import type { HealthCheck, JsonObject, Node, ServiceInstance } from '@tribune/protocol';
import type { NodeServices, ServiceNode } from '@tribune/state-store';
import { RowMemo } from '../answers/row-memo';
import { sortedMap } from '../json/go-json';

/** Members stand in the order of Consul's structs; one that Go leaves out when empty is undefined. */
export function nodeJson(node: Node): Record<string, unknown> {
  return {
    ID: node.id,
    Node: node.node,
    Address: node.address,
    Datacenter: node.datacenter,
    TaggedAddresses: sortedMap(node.taggedAddresses),
    Meta: sortedMap(node.meta),
    CreateIndex: node.createIndex,
    ModifyIndex: node.modifyIndex,
  };
}

type Empty = 'null' | 'list';

/** An instance as `NodeService`. Lists say `[]` for no tags, transactions and the UI `null`. */
export function instanceJson(service: Omit<ServiceInstance, 'node'>, noTags: Empty = 'list'): Record<string, unknown> {
  return {
    Kind: service.kind === '' ? undefined : service.kind,
    ID: service.id,
    Service: service.service,
    Tags: tagsJson(service.tags, noTags),
    Address: service.address,
    TaggedAddresses: addressesJson(service.taggedAddresses),
    Meta: sortedMap(service.meta),
    Port: service.port,
    Weights: { Passing: service.weights.passing, Warning: service.weights.warning },
    EnableTagOverride: service.enableTagOverride,
    Proxy: service.proxy ?? NO_PROXY,
    Connect: connectJson(service.connectNative),
    CreateIndex: service.createIndex,
    ModifyIndex: service.modifyIndex,
  };
}

/** An instance and its node, flat, as `ServiceNode`. */
export function serviceNodeJson({ node, service }: ServiceNode): Record<string, unknown> {
  return {
    ID: node.id,
    Node: node.node,
    Address: node.address,
    Datacenter: node.datacenter,
    TaggedAddresses: sortedMap(node.taggedAddresses),
    NodeMeta: sortedMap(node.meta),
    ServiceKind: service.kind,
    ServiceID: service.id,
    ServiceName: service.service,
    ServiceTags: tagsJson(service.tags, 'list'),
    ServiceAddress: service.address,
    ServiceTaggedAddresses: addressesJson(service.taggedAddresses),
    ServiceWeights: { Passing: service.weights.passing, Warning: service.weights.warning },
    ServiceMeta: sortedMap(service.meta) ?? {},
    ServicePort: service.port,
    ServiceEnableTagOverride: service.enableTagOverride,
    ServiceProxy: service.proxy ?? NO_PROXY,
    ServiceConnect: connectJson(service.connectNative),
    CreateIndex: service.createIndex,
    ModifyIndex: service.modifyIndex,
  };
}

export function checkJson(check: HealthCheck, noTags: Empty = 'list'): Record<string, unknown> {
  return {
    Node: check.node,
    CheckID: check.checkId,
    Name: check.name,
    Status: check.status,
    Notes: check.notes,
    Output: check.output,
    ServiceID: check.serviceId,
    ServiceName: check.serviceName,
    ServiceTags: tagsJson(check.serviceTags, noTags),
    Type: check.type,
    Definition: check.definition,
    CreateIndex: check.createIndex,
    ModifyIndex: check.modifyIndex,
  };
}

/** `/v1/catalog/node/`: services by id. */
export function nodeServicesJson({ node, services }: NodeServices, keep: (row: object) => boolean): unknown {
  const kept = services.map((service) => [service.id, instanceJson(service)] as const).filter(([, json]) => keep(json));
  return { Node: nodeJson(node), Services: sortedMap(Object.fromEntries(kept)) };
}

/** `/v1/catalog/node-services/`: services as a list; `null` when there are none. */
export function nodeServiceListJson({ node, services }: NodeServices, keep: (row: object) => boolean): unknown {
  const kept = services.map((service) => instanceJson(service)).filter(keep);
  return { Node: nodeJson(node), Services: kept.length === 0 ? null : kept };
}

export const nodeRows = new RowMemo<Node>(nodeJson, (node) => [node]);
export const serviceNodeRows = new RowMemo<ServiceNode>(serviceNodeJson, ({ service, node }) => [service, node]);
export const checkRows = new RowMemo<HealthCheck>(
  (check) => checkJson(check),
  (check) => [check],
);

const NO_PROXY: JsonObject = { MeshGateway: {}, Expose: {} };

function tagsJson(tags: readonly string[] | null, noTags: Empty): readonly string[] | null {
  if (tags !== null && tags.length > 0) return tags;
  return noTags === 'list' ? [] : tags;
}

function addressesJson(addresses: ServiceInstance['taggedAddresses']): unknown {
  if (addresses === null || Object.keys(addresses).length === 0) return undefined;
  const pairs = Object.entries(addresses).map(
    ([name, { address, port }]) => [name, { Address: address, Port: port }] as const,
  );
  return sortedMap(Object.fromEntries(pairs));
}

const connectJson = (native: boolean): object => (native ? { Native: true } : {});
