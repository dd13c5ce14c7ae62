import type { Node, ServiceInstance } from '@tribune/protocol';
import { isIdPrefix } from '../tables/nodes';
import { indexed } from './indexed';
import { maxIndex, serviceIndex } from './service-index';
import type { ReadTables } from '../tables/tables';
import type { Indexed } from '../view/view';

/** An instance together with its node, as `/v1/catalog/service` shows it. */
export interface ServiceNode {
  readonly node: Node;
  readonly service: ServiceInstance;
}

export interface NodeServices {
  readonly node: Node;
  readonly services: readonly ServiceInstance[];
}

export type Meta = Readonly<Record<string, string>>;

export interface InstanceFilter {
  /** An instance must carry all of these, in any letter case. */
  readonly tags?: readonly string[];
  /** Its node's meta must hold all of these. */
  readonly nodeMeta?: Meta;
  /** Look for instances that take Connect traffic for the name. */
  readonly connect?: boolean;
}

export function listNodes(tables: ReadTables, filter: { readonly nodeMeta?: Meta } = {}): Indexed<readonly Node[]> {
  const nodes: Node[] = [];
  for (const node of tables.nodes.rows()) if (hasMeta(node.meta, filter.nodeMeta)) nodes.push(node);
  return indexed(tables.indexes.get('nodes'), nodes, ['nodes']);
}

/** By name or, failing that, by node id (UUID text of any length of two digits or more, when only one node matches). */
export function findNode(tables: ReadTables, nameOrId: string): Indexed<Node | undefined> {
  const node = tables.nodes.get(nameOrId) ?? tables.nodes.byIdPrefix(nameOrId);
  // A missing node may turn up under this name or, where it reads like one, under this id.
  const watch = node || !isIdPrefix(nameOrId) ? nodeWatch(node?.node ?? nameOrId) : 'nodes';
  return indexed(tables.indexes.get('nodes'), node, [watch]);
}

/** A node and the services on it, ordered by id. */
export function nodeServices(tables: ReadTables, nameOrId: string): Indexed<NodeServices | undefined> {
  const index = maxIndex(tables, 'nodes', 'services');
  const { value: node, watch } = findNode(tables, nameOrId);
  return indexed(index, node && { node, services: tables.services.onNode(node.node) }, watch);
}

/** Service names, each with the tags of all its instances (first seen first, no repeats). */
export function listServices(
  tables: ReadTables,
  filter: { readonly nodeMeta?: Meta } = {},
): Indexed<ReadonlyMap<string, readonly string[]>> {
  const tagsOf = new Map<string, Set<string>>();
  for (const instance of tables.services.byName()) {
    if (filter.nodeMeta && !hasMeta(tables.nodes.get(instance.node)?.meta, filter.nodeMeta)) continue;
    let tags = tagsOf.get(instance.service);
    if (!tags) tagsOf.set(instance.service, (tags = new Set()));
    for (const tag of instance.tags ?? []) tags.add(tag);
  }
  const services = new Map<string, readonly string[]>();
  for (const [name, tags] of tagsOf) services.set(name, [...tags]);
  const byMeta = filter.nodeMeta && Object.keys(filter.nodeMeta).length > 0;
  return byMeta
    ? indexed(maxIndex(tables, 'services', 'nodes'), services, ['services', 'nodes'])
    : indexed(maxIndex(tables, 'services'), services, ['services']);
}

export function serviceInstances(
  tables: ReadTables,
  name: string,
  filter: InstanceFilter = {},
): Indexed<readonly ServiceNode[]> {
  const rows = filter.connect ? tables.services.connectFor(name) : tables.services.named(name);
  const value: ServiceNode[] = [];
  for (const service of rows) {
    const node = tables.nodes.get(service.node);
    if (node && matchesInstance(node, service, filter)) value.push({ node, service });
  }
  return indexed(serviceIndex(tables, name, { connect: filter.connect === true, checks: false }), value, [
    serviceWatch(name, filter.connect === true),
  ]);
}

export function matchesInstance(node: Node, service: ServiceInstance, filter: InstanceFilter): boolean {
  return hasTags(service.tags, filter.tags) && hasMeta(node.meta, filter.nodeMeta);
}

function hasTags(tags: readonly string[] | null, wanted: readonly string[] | undefined): boolean {
  if (!wanted || wanted.length === 0) return true;
  const have = new Set((tags ?? []).map((tag) => tag.toLowerCase()));
  return wanted.every((tag) => have.has(tag.toLowerCase()));
}

export function hasMeta(meta: Meta | null | undefined, wanted: Meta | undefined): boolean {
  if (!wanted) return true;
  for (const [key, value] of Object.entries(wanted)) {
    if (!meta || !Object.hasOwn(meta, key) || meta[key] !== value) return false;
  }
  return true;
}

export function nodeWatch(node: string): string {
  return `node/${node.toLowerCase()}`;
}

export function serviceWatch(service: string, connect: boolean): string {
  return `${connect ? 'connect' : 'service'}/${service.toLowerCase()}`;
}
