import type { CheckServiceNode, HealthCheck } from '@tribune/protocol';
import { hasMeta, matchesInstance, nodeWatch, serviceWatch, type InstanceFilter, type Meta } from './catalog';
import { indexed } from './indexed';
import { maxIndex, serviceIndex } from './service-index';
import type { ReadTables } from '../tables/tables';
import type { Indexed } from '../view/view';

export interface HealthFilter extends InstanceFilter {
  /** Only instances none of whose checks is anything but passing. */
  readonly passingOnly?: boolean;
}

/** Instances in the order of {@link serviceInstances}, each with its node's checks and then its own. */
export function serviceHealth(
  tables: ReadTables,
  name: string,
  filter: HealthFilter = {},
): Indexed<readonly CheckServiceNode[]> {
  const connect = filter.connect === true;
  const rows = connect ? tables.services.connectFor(name) : tables.services.named(name);
  const value: CheckServiceNode[] = [];
  for (const service of rows) {
    const node = tables.nodes.get(service.node);
    if (!node || !matchesInstance(node, service, filter)) continue;
    const checks = joined(
      tables.checks.ofInstance(service.node, ''),
      tables.checks.ofInstance(service.node, service.id),
    );
    if (!filter.passingOnly || checks.every((check) => check.status === 'passing'))
      value.push({ node, service, checks });
  }
  return indexed(serviceIndex(tables, name, { connect, checks: true }), value, [serviceWatch(name, connect)]);
}

/** Most nodes have no checks of their own, and then nothing is copied. */
function joined(ofNode: readonly HealthCheck[], own: readonly HealthCheck[]): readonly HealthCheck[] {
  return ofNode.length === 0 ? own : ofNode.concat(own);
}

/** Checks of a node, named as it is: health endpoints take no node id. */
export function nodeChecks(tables: ReadTables, node: string): Indexed<readonly HealthCheck[]> {
  return indexed(maxIndex(tables, 'checks'), tables.checks.onNode(node), [nodeWatch(node)]);
}

export function serviceChecks(
  tables: ReadTables,
  service: string,
  filter: { readonly nodeMeta?: Meta } = {},
): Indexed<readonly HealthCheck[]> {
  const all = tables.checks.ofService(service);
  const index = isAsked(filter.nodeMeta)
    ? serviceIndex(tables, service, { connect: false, checks: true })
    : maxIndex(tables, 'checks');
  return indexed(index, onMatchingNodes(tables, all, filter.nodeMeta), [serviceWatch(service, false)]);
}

/** Checks in a state, by node and id; `any` gives all. The state is taken literally. */
export function checksInState(
  tables: ReadTables,
  state: string,
  filter: { readonly nodeMeta?: Meta } = {},
): Indexed<readonly HealthCheck[]> {
  const all = state === 'any' ? [...tables.checks.rows()] : tables.checks.withStatus(state);
  return isAsked(filter.nodeMeta)
    ? indexed(maxIndex(tables, 'nodes', 'checks'), onMatchingNodes(tables, all, filter.nodeMeta), ['checks', 'nodes'])
    : indexed(maxIndex(tables, 'checks'), all, ['checks']);
}

function isAsked(meta: Meta | undefined): boolean {
  return meta !== undefined && Object.keys(meta).length > 0;
}

function onMatchingNodes(tables: ReadTables, checks: HealthCheck[], wanted: Meta | undefined): HealthCheck[] {
  return wanted ? checks.filter((check) => hasMeta(tables.nodes.get(check.node)?.meta, wanted)) : checks;
}
