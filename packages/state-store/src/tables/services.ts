import type { ServiceInstance } from '@tribune/protocol';
import { nameKey, SEPARATOR } from './order';
import { RowTree } from './row-tree';
import type { ReadTable, Table } from './table';

/**
 * Service instances.
 *
 *     byNode     node \0 id                  → instance
 *     byService  service \0 node \0 id       → instance
 *     byConnect  destination \0 node \0 id   → instance    proxies by what they lead to, native services by own name
 */
export interface ReadServices extends ReadTable<ServiceInstance> {
  get(node: string, id: string): ServiceInstance | undefined;
  onNode(node: string): ServiceInstance[];
  /** Instances of a service, by node and id. */
  named(service: string): ServiceInstance[];
  hasNamed(service: string): boolean;
  /** Whether an instance spells the name like this, letter case included. */
  hasSpelled(service: string): boolean;
  /** Connect-capable instances for a service: its proxies, and itself where it is native. */
  connectFor(service: string): ServiceInstance[];
  hasConnectFor(service: string): boolean;
  /** All instances ordered by service name. */
  byName(): IterableIterator<ServiceInstance>;
}

export class ServiceTable implements ReadServices, Table<ServiceInstance> {
  constructor(
    private readonly byNode = new RowTree<ServiceInstance>(),
    private readonly byService = new RowTree<ServiceInstance>(),
    private readonly byConnect = new RowTree<ServiceInstance>(),
  ) {}

  get size(): number {
    return this.byNode.size;
  }

  get(node: string, id: string): ServiceInstance | undefined {
    return this.byNode.get(nameKey(node) + SEPARATOR + nameKey(id));
  }

  find(like: ServiceInstance): ServiceInstance | undefined {
    return this.get(like.node, like.id);
  }

  onNode(node: string): ServiceInstance[] {
    return this.byNode.collect(nameKey(node) + SEPARATOR);
  }

  named(service: string): ServiceInstance[] {
    return this.byService.collect(nameKey(service) + SEPARATOR);
  }

  hasNamed(service: string): boolean {
    return this.byService.has(nameKey(service) + SEPARATOR);
  }

  hasSpelled(service: string): boolean {
    let found = false;
    this.byService.each(nameKey(service) + SEPARATOR, (row) => !(found = row.service === service));
    return found;
  }

  connectFor(service: string): ServiceInstance[] {
    return this.byConnect.collect(nameKey(service) + SEPARATOR);
  }

  hasConnectFor(service: string): boolean {
    return this.byConnect.has(nameKey(service) + SEPARATOR);
  }

  byName(): IterableIterator<ServiceInstance> {
    return this.byService.rows();
  }

  rows(): IterableIterator<ServiceInstance> {
    return this.byNode.rows();
  }

  put(row: ServiceInstance): ServiceInstance | undefined {
    const before = this.remove(row);
    const key = nameKey(row.node) + SEPARATOR + nameKey(row.id);
    this.byNode.set(key, row);
    this.byService.set(nameKey(row.service) + SEPARATOR + key, row);
    const target = connectTarget(row);
    if (target !== undefined) this.byConnect.set(nameKey(target) + SEPARATOR + key, row);
    return before;
  }

  remove(like: ServiceInstance): ServiceInstance | undefined {
    const key = nameKey(like.node) + SEPARATOR + nameKey(like.id);
    const before = this.byNode.get(key);
    if (!before) return undefined;
    this.byNode.delete(key);
    this.byService.delete(nameKey(before.service) + SEPARATOR + key);
    const target = connectTarget(before);
    if (target !== undefined) this.byConnect.delete(nameKey(target) + SEPARATOR + key);
    return before;
  }

  clone(): ServiceTable {
    return new ServiceTable(this.byNode.clone(), this.byService.clone(), this.byConnect.clone());
  }
}

/** The service whose Connect traffic this instance takes; undefined for an instance that takes none. */
export function connectTarget(instance: ServiceInstance): string | undefined {
  if (instance.kind === 'connect-proxy') {
    const destination = instance.proxy?.DestinationServiceName;
    return typeof destination === 'string' ? destination : '';
  }
  return instance.connectNative ? instance.service : undefined;
}
