import type { HealthCheck } from '@tribune/protocol';
import type { Observation } from '../../core/check-state';
import { critical, passing } from '../probe';

type AliasedCheck = Pick<HealthCheck, 'name' | 'status' | 'output' | 'serviceId'>;

export interface AliasTarget {
  /** '' for the agent's own node. */
  readonly node: string;
  /** '' aliases the node: only checks of the node itself count. */
  readonly serviceId: string;
}

/**
 * The state of what an alias points at: the worst of the node's own checks and the service's, with the text of the check
 * that decides. A service that does not exist is critical; one without checks is passing.
 */
export function aliasStatus(target: AliasTarget, checks: readonly AliasedCheck[], serviceExists: boolean): Observation {
  const counting = checks.filter((check) => check.serviceId === '' || check.serviceId === target.serviceId);
  const isFound = counting.some((check) => check.serviceId === target.serviceId);
  if (!isFound && !serviceExists) {
    return critical(`Service ${target.serviceId} could not be found on node ${target.node}`);
  }
  const deciding =
    counting.find(({ status }) => status === 'critical') ?? counting.findLast(({ status }) => status === 'warning');
  if (!deciding) return passing(counting.length > 0 ? 'All checks passing.' : 'No checks found.');
  return { status: deciding.status, output: `Aliased check "${deciding.name}" failing: ${deciding.output}` };
}
