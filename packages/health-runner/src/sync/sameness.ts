import { isDeepStrictEqual } from 'node:util';
import type { HealthCheck, Node, ServiceDefinition, ServiceInstance } from '@tribune/protocol';
import type { Unindexed } from '@tribune/state-store';

/** Consul writes an absent list or map and an empty one alike, and so they are the same here. */
const orEmpty = <T extends object>(value: T | null): T | Record<string, never> =>
  value === null || Object.keys(value).length === 0 ? {} : value;

export function isSameNode(a: Unindexed<Node>, b: Unindexed<Node>): boolean {
  return (
    a.id === b.id &&
    a.node === b.node &&
    a.address === b.address &&
    a.datacenter === b.datacenter &&
    isDeepStrictEqual(orEmpty(a.taggedAddresses), orEmpty(b.taggedAddresses)) &&
    isDeepStrictEqual(orEmpty(a.meta), orEmpty(b.meta))
  );
}

export function isSameService(a: ServiceInstance, b: ServiceDefinition['service']): boolean {
  return (
    a.service === b.service &&
    a.kind === b.kind &&
    a.address === b.address &&
    a.port === b.port &&
    a.enableTagOverride === b.enableTagOverride &&
    a.connectNative === b.connectNative &&
    isDeepStrictEqual(orEmpty(a.tags), orEmpty(b.tags)) &&
    isDeepStrictEqual(orEmpty(a.taggedAddresses), orEmpty(b.taggedAddresses)) &&
    isDeepStrictEqual(orEmpty(a.meta), orEmpty(b.meta)) &&
    isDeepStrictEqual(a.weights, b.weights) &&
    isDeepStrictEqual(a.proxy, b.proxy)
  );
}

export function isSameCheck(a: HealthCheck, b: HealthCheck, ignoreOutput: boolean): boolean {
  return (
    a.name === b.name &&
    a.status === b.status &&
    a.notes === b.notes &&
    a.serviceId === b.serviceId &&
    a.serviceName === b.serviceName &&
    a.type === b.type &&
    (ignoreOutput || a.output === b.output) &&
    isDeepStrictEqual(orEmpty(a.serviceTags), orEmpty(b.serviceTags)) &&
    isDeepStrictEqual(orEmpty(a.definition), orEmpty(b.definition))
  );
}

export const isSameTags = (a: readonly string[] | null, b: readonly string[] | null): boolean =>
  isDeepStrictEqual(orEmpty(a), orEmpty(b));
