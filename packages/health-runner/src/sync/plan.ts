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

/** What this agent says of itself. */
export interface LocalSide {
  readonly node: LocalNode;
  readonly services: readonly LocalServiceRecord[];
  readonly checks: readonly LocalCheckRecord[];
  /** The output of these checks may differ for now: their turn comes later. */
  readonly isOutputDeferred: (checkId: string) => boolean;
}

/** What the catalog says of this agent's node. */
export interface CatalogSide {
  readonly node: Node | undefined;
  readonly services: readonly ServiceInstance[];
  readonly checks: readonly HealthCheck[];
}

/** Ids to look at; undefined looks at everything, and at what the catalog has too much. */
export interface Scope {
  readonly services: ReadonlySet<string>;
  readonly checks: ReadonlySet<string>;
}

/** The commands that make the catalog say what the agent says. Each stands alone: any order, any may fail. */
export function planSync(local: LocalSide, catalog: CatalogSide, scope: Scope | undefined): Command[] {
  const node = nodeRow(local.node);
  const isNodeKnown = catalog.node !== undefined && isSameNode(catalog.node, node);
  const registration = { type: 'register', node, skipNodeUpdate: isNodeKnown } as const;
  const commands = [...serviceRegistrations(local, catalog, scope, registration), ...removals(local, catalog, scope)];
  return commands.length === 0 && !isNodeKnown ? [{ ...registration, checks: [] }] : commands;
}

function serviceRegistrations(
  local: LocalSide,
  catalog: CatalogSide,
  scope: Scope | undefined,
  registration: Pick<RegisterCommand, 'type' | 'node' | 'skipNodeUpdate'>,
): RegisterCommand[] {
  const catalogServices = new Map(catalog.services.map((service) => [service.id, service]));
  const checks = byService(staleChecks(local, catalog, scope));
  const commands: RegisterCommand[] = [];
  for (const { id, service } of local.services) {
    const own = checks.get(id) ?? [];
    checks.delete(id);
    const known = catalogServices.get(id);
    const inScope = !scope || scope.services.has(id);
    if (inScope && !(known && isSameService(known, service))) commands.push({ ...registration, service, checks: own });
    else if (own.length > 0) commands.push({ ...registration, checks: own });
  }
  const ofNode = checks.get('') ?? [];
  if (ofNode.length > 0) commands.push({ ...registration, checks: ofNode });
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

function staleChecks(local: LocalSide, catalog: CatalogSide, scope: Scope | undefined): Unindexed<HealthCheck>[] {
  const known = new Map(catalog.checks.map((check) => [check.checkId, check]));
  const inScope = (id: string): boolean => !scope || scope.checks.has(id);
  return local.checks
    .filter(({ id }) => inScope(id))
    .filter((record) => {
      const before = known.get(record.id);
      if (!before) return true;
      return !isSameCheck(before, checkRow(record, local.node.node), local.isOutputDeferred(record.id));
    })
    .map((record) => withoutIndexes(checkRow(record, local.node.node)));
}

/** What the catalog has of this node and the agent does not know; a service takes its checks along. */
function removals(local: LocalSide, catalog: CatalogSide, scope: Scope | undefined): Command[] {
  const { node } = local.node;
  const services = new Set(local.services.map(({ id }) => id));
  const checks = new Set(local.checks.map(({ id }) => id));
  const goneServices = catalog.services.filter(
    ({ id, service }) => !services.has(id) && service !== CONSUL_SERVICE_NAME && (!scope || scope.services.has(id)),
  );
  const gone = new Set(goneServices.map(({ id }) => id));
  const goneChecks = catalog.checks.filter(
    ({ checkId, serviceId }) =>
      !checks.has(checkId) &&
      checkId !== SERF_HEALTH_CHECK_ID &&
      !gone.has(serviceId) &&
      (!scope || scope.checks.has(checkId)),
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
