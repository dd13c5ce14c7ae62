import type { CheckServiceNode } from '@tribune/protocol';

/** Instances that may be given out: none with a critical check, and with `onlyPassing` none that is not passing. */
export function healthy(instances: readonly CheckServiceNode[], onlyPassing: boolean): readonly CheckServiceNode[] {
  return instances.filter(({ checks }) =>
    checks.every(({ status }) => (onlyPassing ? status === 'passing' : status !== 'critical')),
  );
}

export function withTag(instances: readonly CheckServiceNode[], tag: string): readonly CheckServiceNode[] {
  if (tag === '') return instances;
  const wanted = tag.toLowerCase();
  return instances.filter(({ service }) => service.tags?.some((candidate) => candidate.toLowerCase() === wanted));
}

/** The weight that goes with the worst of the checks; 1 for a state that Consul does not know, and instead of 0. */
export function weightOf({ service, checks }: CheckServiceNode): number {
  const states = new Set(checks.map(({ status }) => status));
  states.delete('passing');
  if (states.size === 0) return service.weights.passing || 1;
  return states.size === 1 && states.has('warning') ? service.weights.warning || 1 : 1;
}
