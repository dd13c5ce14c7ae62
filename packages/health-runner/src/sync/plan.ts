import {
  CONSUL_SERVICE_NAME,
  SERF_HEALTH_CHECK_ID,
  type HealthCheck,
  type LocalNode,
  type Node,
  type ServiceInstance,
} from '@tribune/protocol';
import type { Command, RegisterCommand, Unindexed } from '@tribune/state-store';
import { checkRow, type LocalCheckRecord, type LocalServiceRecord } from '../local/local-records';
import { isSameCheck, isSameNode, isSameService, isSameTags } from './sameness';

/** What this agent has of the rows that are looked at. */
export interface LocalSide {
  readonly node: LocalNode;
  readonly services: readonly LocalServiceRecord[];
  readonly checks: readonly LocalCheckRecord[];
  /** The output of these checks may differ for now: their turn comes later. */
  readonly isOutputDeferred: (checkId: string) => boolean;
}

/** What the catalog has of the same rows. */
export interface CatalogSide {
  readonly services: readonly ServiceInstance[];
  readonly checks: readonly HealthCheck[];
}

/** The registration of the node itself, when the catalog has none or another. */
export function planNode(local: LocalNode, known: Node | undefined): RegisterCommand | undefined {
  const node = nodeRow(local);
  if (known && isSameNode(known, node)) return undefined;
  return { type: 'register', node, skipNodeUpdate: false, checks: [] };
}

/** The commands that make the catalog say what the agent says. Each stands alone: any order, any may fail. */
export function planRows(local: LocalSide, catalog: CatalogSide): Command[] {
  return [...registrations(local, catalog), ...removals(local, catalog)];
}

function registrations(local: LocalSide, catalog: CatalogSide): RegisterCommand[] {
  const registration = { type: 'register', node: nodeRow(local.node), skipNodeUpdate: true } as const;
  const known = new Map(catalog.services.map((service) => [service.id, service]));
  const checks = byService(staleChecks(local, catalog));
  const commands: RegisterCommand[] = [];
  for (const { id, service } of local.services) {
    const before = known.get(id);
    if (before && isSameService(before, service)) continue;
    commands.push({ ...registration, service, checks: checks.get(id) ?? [] });
    checks.delete(id);
  }
  for (const own of checks.values()) commands.push({ ...registration, checks: own });
  return commands;
}

function byService(checks: readonly Unindexed<HealthCheck>[]): Map<string, Unindexed<HealthCheck>[]> {
  const groups = new Map<string, Unindexed<HealthCheck>[]>();
  for (const check of checks) {
    const group = groups.get(check.serviceId);
    if (group) group.push(check);
    else groups.set(check.serviceId, [check]);
  }
  return groups;
}

function staleChecks(local: LocalSide, catalog: CatalogSide): Unindexed<HealthCheck>[] {
  const known = new Map(catalog.checks.map((check) => [check.checkId, check]));
  const isStale = (record: LocalCheckRecord): boolean => {
    const before = known.get(record.id);
    return !before || !isSameCheck(before, checkRow(record, local.node.node), local.isOutputDeferred(record.id));
  };
  return local.checks.filter(isStale).map((record) => withoutIndexes(checkRow(record, local.node.node)));
}

/** What the catalog has of this node and the agent does not know; a service takes its checks along. */
function removals(local: LocalSide, catalog: CatalogSide): Command[] {
  const { node } = local.node;
  const services = new Set(local.services.map(({ id }) => id));
  const checks = new Set(local.checks.map(({ id }) => id));
  const goneServices = catalog.services.filter(
    ({ id, service }) => !services.has(id) && service !== CONSUL_SERVICE_NAME,
  );
  const gone = new Set(goneServices.map(({ id }) => id));
  const goneChecks = catalog.checks.filter(
    ({ checkId, serviceId }) => !checks.has(checkId) && checkId !== SERF_HEALTH_CHECK_ID && !gone.has(serviceId),
  );
  return [
    ...goneServices.map(({ id }) => ({ type: 'deregister', node, serviceId: id }) as const),
    ...goneChecks.map(({ checkId }) => ({ type: 'deregister', node, checkId }) as const),
  ];
}

/** Tags that the catalog decides about (`enable_tag_override`), by service id, where they differ from the agent's. */
export function tagOverrides(
  services: readonly LocalServiceRecord[],
  catalog: readonly ServiceInstance[],
): ReadonlyMap<string, readonly string[] | null> {
  const overrides = new Map<string, readonly string[] | null>();
  const open = services.filter(({ service }) => service.enableTagOverride);
  if (open.length === 0) return overrides;
  const known = new Map(catalog.map((instance) => [instance.id, instance.tags]));
  for (const { id, service } of open) {
    const tags = known.get(id);
    if (tags !== undefined && !isSameTags(tags, service.tags)) overrides.set(id, tags);
  }
  return overrides;
}

const nodeRow = ({ id, node, address, datacenter, taggedAddresses, meta }: LocalNode): Unindexed<Node> => ({
  id,
  node,
  address,
  datacenter,
  taggedAddresses,
  meta,
});

function withoutIndexes({
  createIndex: _created,
  modifyIndex: _modified,
  ...row
}: HealthCheck): Unindexed<HealthCheck> {
  return row;
}
