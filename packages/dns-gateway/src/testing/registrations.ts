import type { CatalogRegistration, HealthCheck, JsonObject, Weights } from '@tribune/protocol';

export interface Registered {
  readonly node?: string;
  readonly nodeAddress?: string;
  readonly nodeMeta?: Readonly<Record<string, string>>;
  readonly id?: string;
  readonly tags?: readonly string[];
  readonly address?: string;
  readonly port?: number;
  readonly weights?: Weights;
  readonly proxyFor?: string;
  /** Statuses of the instance's checks. */
  readonly checks?: readonly string[];
}

/** A registration with every field at a value that tests need not name. */
export function registration(service: string, given: Registered = {}): CatalogRegistration {
  const { node = 'n1', id = service } = given;
  const proxy: JsonObject | null = given.proxyFor ? { DestinationServiceName: given.proxyFor } : null;
  return {
    ...nodeRegistration(node, given.nodeAddress ?? '10.0.0.1', given.nodeMeta),
    service: {
      id,
      service,
      kind: proxy ? 'connect-proxy' : '',
      tags: given.tags ?? [],
      address: given.address ?? '',
      port: given.port ?? 80,
      taggedAddresses: null,
      meta: null,
      weights: given.weights ?? { passing: 1, warning: 1 },
      enableTagOverride: false,
      proxy,
      connectNative: false,
    },
    checks: (given.checks ?? []).map((status, i) => check(node, `${id}-${i}`, status, id, service)),
  };
}

export function nodeRegistration(
  node: string,
  address: string,
  meta: Readonly<Record<string, string>> | null = null,
): CatalogRegistration {
  return { node: { id: '', node, address, datacenter: 'dc1', taggedAddresses: null, meta } };
}

export function check(
  node: string,
  checkId: string,
  status: string,
  serviceId: string,
  serviceName: string,
): Omit<HealthCheck, 'createIndex' | 'modifyIndex'> {
  return {
    node,
    checkId,
    name: checkId,
    status,
    notes: '',
    output: '',
    serviceId,
    serviceName,
    serviceTags: null,
    type: '',
    definition: {},
  };
}
