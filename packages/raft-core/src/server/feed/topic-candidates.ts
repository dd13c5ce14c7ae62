import { connectTarget, type Delta, type ReadTables } from '@tribune/state-store';
import type { HealthCheck, ServiceInstance } from '@tribune/protocol';

/**
 * Which topics a command may concern, by their keys: a superset, found from the rows alone, so that ten thousand
 * followed services cost a change of one nothing. `tables` already contain the deltas. Topics of KV prefixes are left
 * to the caller, who knows which prefixes there are.
 */
export function candidateTopics(tables: ReadTables, deltas: readonly Delta[]): Set<string> {
  const keys = new Set<string>();
  for (const delta of deltas) addCandidates(tables, delta, keys);
  return keys;
}

function addCandidates(tables: ReadTables, delta: Delta, keys: Set<string>): void {
  switch (delta.table) {
    case 'nodes':
      keys.add('catalog');
      return addNode(tables, delta.row.node, keys);
    case 'services':
      keys.add('catalog').add(`node/${delta.row.node.toLowerCase()}`);
      addService(delta.row, keys);
      if (delta.op === 'put' && delta.before) addService(delta.before, keys);
      return;
    case 'checks':
      keys.add('catalog');
      addCheck(tables, delta.row, keys);
      if (delta.op === 'put' && delta.before) addCheck(tables, delta.before, keys);
      return;
    case 'coordinates':
      keys.add('catalog');
      return;
    case 'sessions':
      keys.add('sessions');
      return;
    default:
      return;
  }
}

/** A node's row and checks belong to each service that has an instance on it. */
function addNode(tables: ReadTables, node: string, keys: Set<string>): void {
  keys.add(`node/${node.toLowerCase()}`);
  for (const instance of tables.services.onNode(node)) addService(instance, keys);
}

function addService(instance: ServiceInstance, keys: Set<string>): void {
  keys.add(`service/${instance.service.toLowerCase()}`);
  const target = connectTarget(instance);
  if (target !== undefined) keys.add(`service/${target.toLowerCase()}`);
}

function addCheck(tables: ReadTables, check: HealthCheck, keys: Set<string>): void {
  if (check.serviceId === '') return addNode(tables, check.node, keys);
  keys.add(`node/${check.node.toLowerCase()}`).add(`service/${check.serviceName.toLowerCase()}`);
  const instance = tables.services.get(check.node, check.serviceId);
  if (instance) addService(instance, keys);
}
