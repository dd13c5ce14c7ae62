import type { HealthCheck, Node, ServiceInstance, Session } from '@tribune/protocol';
import type { Unindexed } from '../commands/command';

/** Records with every field at something plain; give what the test is about. */
export function aNode(fields: Partial<Node> = {}): Unindexed<Node> {
  return { id: '', node: 'n1', address: '10.0.0.1', datacenter: 'dc1', taggedAddresses: null, meta: null, ...fields };
}

export function aService(fields: Partial<ServiceInstance> = {}): Unindexed<ServiceInstance> {
  return {
    node: 'n1',
    id: fields.service ?? 'web',
    service: fields.id ?? 'web',
    kind: '',
    tags: null,
    address: '',
    port: 80,
    taggedAddresses: null,
    meta: null,
    weights: { passing: 1, warning: 1 },
    enableTagOverride: false,
    proxy: null,
    connectNative: false,
    ...fields,
  };
}

export function aCheck(fields: Partial<HealthCheck> = {}): Unindexed<HealthCheck> {
  return {
    node: 'n1',
    checkId: 'alive',
    name: fields.checkId ?? 'alive',
    status: 'passing',
    notes: '',
    output: '',
    serviceId: '',
    serviceName: '',
    serviceTags: null,
    type: '',
    definition: {},
    ...fields,
  };
}

export function aSession(fields: Partial<Session> = {}): Unindexed<Session> {
  return {
    id: '11111111-1111-1111-1111-111111111111',
    name: '',
    node: 'n1',
    lockDelayNs: 0,
    behavior: 'release',
    ttl: '',
    nodeChecks: null,
    serviceChecks: null,
    ...fields,
  };
}
