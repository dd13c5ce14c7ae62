import type { CheckServiceNode, HealthCheck, Node, ServiceInstance } from '../model/catalog';

/** `linearizable`: contains every write acknowledged before the call. `stale`: what this front end has; needs no leader. */
export type ReadConsistency = 'linearizable' | 'stale';

export interface ReadOptions {
  /** @default 'linearizable' */
  readonly consistency?: ReadConsistency;
}

/** An answer, and the revision of the state that it shows (at least). */
export interface Revisioned<T> {
  readonly revision: number;
  readonly value: T;
}

type Unindexed<T> = Omit<T, 'createIndex' | 'modifyIndex'>;

/** A node, with at most one service and any checks, written in one revision. */
export interface CatalogRegistration {
  /** An empty datacenter means the server's own. */
  readonly node: Unindexed<Node>;
  /** Leaves the row of an existing node as it is. */
  readonly skipNodeUpdate?: boolean;
  readonly service?: Omit<Unindexed<ServiceInstance>, 'node'>;
  readonly checks?: readonly Unindexed<HealthCheck>[];
}

/** A check, a service with its checks, or the node with everything on it. Things that are not there are no error. */
export interface CatalogDeregistration {
  readonly node: string;
  readonly serviceId?: string;
  readonly checkId?: string;
}

export interface ServiceSummary {
  readonly service: string;
  /** The union over the instances. */
  readonly tags: readonly string[];
}

export interface InstancesQuery extends ReadOptions {
  /** May be '' together with `address`. */
  readonly service: string;
  /** All must be on the instance. */
  readonly tags?: readonly string[];
  /** Leaves out instances with a check that is not passing. */
  readonly passingOnly?: boolean;
  /** Proxies and Connect-native instances that stand for the service, instead of its own. */
  readonly connect?: boolean;
  /** Only instances with this address of their own. */
  readonly address?: string;
}

/** Names an instance: a service id is unique on its node only. */
export interface InstanceKey {
  readonly node: string;
  readonly serviceId: string;
}

/**
 * What a watch yields. A snapshot replaces everything seen before and may come at any time (at the start, after a
 * resume that came too late, to a consumer that is too slow); a delta changes what was seen. Revisions only rise. The
 * first event comes at once: on a resume without changes it is an empty delta.
 */
export type WatchEvent<Item, Key> = WatchChange<Item, Key> & {
  /** To be given back on a resume; see {@link WatchOptions}. */
  readonly history: string;
};

export type WatchChange<Item, Key> =
  | { readonly kind: 'snapshot'; readonly revision: number; readonly items: readonly Item[] }
  /** Items that appeared or changed, whole, and keys of those that are gone. */
  | {
      readonly kind: 'delta';
      readonly revision: number;
      readonly upserts: readonly Item[];
      readonly removals: readonly Key[];
    };

export type ServiceWatchEvent = WatchEvent<CheckServiceNode, InstanceKey>;
export type ServiceNamesWatchEvent = WatchEvent<string, string>;
export type NodesWatchEvent = WatchEvent<Node, string>;

export interface WatchOptions {
  /** The last revision seen: the missing deltas come, or a snapshot when they are gone. 0 asks for a snapshot. */
  readonly fromRevision?: number;
  /**
   * Of the last event seen. Where it is no longer the same (the server started anew, with other data perhaps), a
   * snapshot comes whatever the revision. Left out: resume by revision alone.
   */
  readonly history?: string;
}

/** A watch ends when `signal` aborts and throws {@link ApiError} when the server goes away. */
export type Watch<Event> = AsyncIterable<Event>;

/** `catalog.v1`: service discovery for applications. In-process object or {@link connectCatalog}. */
export interface CatalogApi {
  register(registration: CatalogRegistration): Promise<{ readonly revision: number }>;
  deregister(deregistration: CatalogDeregistration): Promise<{ readonly revision: number }>;
  listServices(options?: ReadOptions): Promise<Revisioned<readonly ServiceSummary[]>>;
  listNodes(options?: ReadOptions): Promise<Revisioned<readonly Node[]>>;
  instances(query: InstancesQuery): Promise<Revisioned<readonly CheckServiceNode[]>>;
  /** One service's instances, in whatever state of health. Names in any letter case, here and below. */
  watch(
    service: string,
    options: WatchOptions & { readonly connect?: boolean },
    signal: AbortSignal,
  ): Watch<ServiceWatchEvent>;
  watchServices(options: WatchOptions, signal: AbortSignal): Watch<ServiceNamesWatchEvent>;
  /** All nodes, or the one of this name. */
  watchNodes(options: WatchOptions & { readonly node?: string }, signal: AbortSignal): Watch<NodesWatchEvent>;
}
