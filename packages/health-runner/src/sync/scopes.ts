import type { ReadTables } from '@tribune/state-store';
import type { LocalState } from '../local/local-state';

/** Ids of rows that are looked at together. A service and its checks stay together, so that they travel in one command. */
export interface Scope {
  readonly services: ReadonlySet<string>;
  readonly checks: ReadonlySet<string>;
}

interface Group {
  readonly serviceId: string;
  readonly hasService: boolean;
  readonly checkIds: Iterable<string>;
}

/** Rows compared in one go: a few milliseconds on the event loop, which also carries heartbeats. */
const ROWS_AT_ONCE = 256;

/** Everything that the agent or the catalog has of this node. */
export function fullScopes(local: LocalState, tables: ReadTables, node: string): Scope[] {
  const services = new Set(local.services().map(({ id }) => id));
  for (const { id } of tables.services.onNode(node)) services.add(id);
  const checksOf = (serviceId: string): Set<string> => {
    const ids = new Set(local.checksOf(serviceId).map(({ id }) => id));
    for (const { checkId } of tables.checks.ofInstance(node, serviceId)) ids.add(checkId);
    return ids;
  };
  const groups: Group[] = [{ serviceId: '', hasService: false, checkIds: checksOf('') }];
  for (const serviceId of services) groups.push({ serviceId, hasService: true, checkIds: checksOf(serviceId) });
  return packed(groups);
}

/** What has changed, and nothing else. */
export function changedScopes(local: LocalState, changed: Scope): Scope[] {
  const checks = new Map<string, string[]>();
  for (const id of changed.checks) {
    const serviceId = local.check(id)?.serviceId ?? '';
    const group = checks.get(serviceId);
    if (group) group.push(id);
    else checks.set(serviceId, [id]);
  }
  const groups: Group[] = [];
  for (const serviceId of new Set([...changed.services, ...checks.keys()])) {
    groups.push({ serviceId, hasService: changed.services.has(serviceId), checkIds: checks.get(serviceId) ?? [] });
  }
  return packed(groups);
}

function packed(groups: readonly Group[]): Scope[] {
  const scopes: Scope[] = [];
  let services = new Set<string>();
  let checks = new Set<string>();
  for (const { serviceId, hasService, checkIds } of groups) {
    if (hasService) services.add(serviceId);
    for (const id of checkIds) checks.add(id);
    if (services.size + checks.size < ROWS_AT_ONCE) continue;
    scopes.push({ services, checks });
    services = new Set();
    checks = new Set();
  }
  return services.size + checks.size > 0 ? [...scopes, { services, checks }] : scopes;
}
