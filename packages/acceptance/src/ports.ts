import { freePort } from '@tribune/testkit';

/** Ports that are nobody else's, also while the process that has one is down. */
export function freePorts(count: number): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, () => freePort()));
}
