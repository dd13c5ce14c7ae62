/**
 * Catalog records. `null` and the empty list are different answers in Consul's JSON, so records keep the difference.
 * `createIndex` and `modifyIndex` are Raft indexes (safe integers); 0 in a record that has not been applied yet.
 */
export interface Node {
  /** UUID text, or '' for a node registered without one. */
  readonly id: string;
  readonly node: string;
  readonly address: string;
  readonly datacenter: string;
  readonly taggedAddresses: Readonly<Record<string, string>> | null;
  readonly meta: Readonly<Record<string, string>> | null;
  readonly createIndex: number;
  readonly modifyIndex: number;
}

export interface ServiceAddress {
  readonly address: string;
  readonly port: number;
}

export interface Weights {
  readonly passing: number;
  readonly warning: number;
}

/** JSON kept as the user sent it (proxy configuration, Connect settings), with Consul's PascalCase keys. */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** One instance of a service on one node. `id` is unique on its node only. */
export interface ServiceInstance {
  readonly node: string;
  readonly id: string;
  readonly service: string;
  /** '' typical, or connect-proxy, mesh-gateway, terminating-gateway, ingress-gateway. */
  readonly kind: string;
  readonly tags: readonly string[] | null;
  /** '' means: use the node's address. */
  readonly address: string;
  readonly port: number;
  readonly taggedAddresses: Readonly<Record<string, ServiceAddress>> | null;
  readonly meta: Readonly<Record<string, string>> | null;
  readonly weights: Weights;
  readonly enableTagOverride: boolean;
  /** Consul's `Proxy` object, or null for a service that is not a proxy. `DestinationServiceName` is indexed. */
  readonly proxy: JsonObject | null;
  /** `Connect.Native`. */
  readonly connectNative: boolean;
  readonly createIndex: number;
  readonly modifyIndex: number;
}

/** `passing | warning | critical`; the catalog stores any string that was registered, as Consul does. */
export type CheckStatus = string;

export interface HealthCheck {
  readonly node: string;
  readonly checkId: string;
  readonly name: string;
  readonly status: CheckStatus;
  readonly notes: string;
  readonly output: string;
  /** '' for a check of the node itself. */
  readonly serviceId: string;
  readonly serviceName: string;
  readonly serviceTags: readonly string[] | null;
  /** http, tcp, ttl …, or ''. */
  readonly type: string;
  /** Consul's `Definition` object with its PascalCase keys; {} when there is none. */
  readonly definition: JsonObject;
  readonly createIndex: number;
  readonly modifyIndex: number;
}

/** A node, one instance on it, and the checks that decide about the instance: the node's own and the instance's. */
export interface CheckServiceNode {
  readonly node: Node;
  readonly service: ServiceInstance;
  readonly checks: readonly HealthCheck[];
}

/** Worst of the checks' states; `passing` when there are none. Maintenance counts as critical. */
export function aggregatedStatus(checks: readonly HealthCheck[]): 'passing' | 'warning' | 'critical' {
  let worst: 'passing' | 'warning' = 'passing';
  for (const check of checks) {
    if (check.status === 'critical') return 'critical';
    if (check.status !== 'passing') worst = 'warning';
  }
  return worst;
}

export const SERF_HEALTH_CHECK_ID = 'serfHealth';
export const NODE_MAINTENANCE_CHECK_ID = '_node_maintenance';
export const SERVICE_MAINTENANCE_CHECK_PREFIX = '_service_maintenance:';
export const CONSUL_SERVICE_NAME = 'consul';
