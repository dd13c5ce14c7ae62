import type { HealthCheck } from '@tribune/protocol';
import { nameKey, SEPARATOR, sortKey } from './order';
import { RowTree } from './row-tree';
import type { ReadTable, Table } from './table';

/**
 * Health checks.
 *
 *     byNode      node \0 check                    → check
 *     byInstance  node \0 service id \0 check      → check   service id '' holds the checks of the node itself
 *     byService   service name \0 node \0 check    → check
 *     byStatus    status \0 node \0 check          → check
 */
export interface ReadChecks extends ReadTable<HealthCheck> {
  get(node: string, checkId: string): HealthCheck | undefined;
  onNode(node: string): HealthCheck[];
  /** Checks of one instance, or of the node itself when `serviceId` is ''. */
  ofInstance(node: string, serviceId: string): readonly HealthCheck[];
  ofService(service: string): HealthCheck[];
  withStatus(status: string): HealthCheck[];
}

/** Lists of checks that are kept for the next time; all are let go when there are more. */
const LISTS_MAX = 65_536;

export class CheckTable implements ReadChecks, Table<HealthCheck> {
  /**
   * What `ofInstance` found, until one of those checks changes: a health query asks twice for each instance of a service, and
   * thousands of walks down the tree would hold the event loop.
   */
  private readonly instanceLists = new Map<string, readonly HealthCheck[]>();

  constructor(
    private readonly byNode = new RowTree<HealthCheck>(),
    private readonly byInstance = new RowTree<HealthCheck>(),
    private readonly byService = new RowTree<HealthCheck>(),
    private readonly byStatus = new RowTree<HealthCheck>(),
  ) {}

  get size(): number {
    return this.byNode.size;
  }

  get(node: string, checkId: string): HealthCheck | undefined {
    return this.byNode.get(nameKey(node) + SEPARATOR + nameKey(checkId));
  }

  find(like: HealthCheck): HealthCheck | undefined {
    return this.get(like.node, like.checkId);
  }

  onNode(node: string): HealthCheck[] {
    return this.byNode.collect(nameKey(node) + SEPARATOR);
  }

  ofInstance(node: string, serviceId: string): readonly HealthCheck[] {
    const instance = nameKey(node) + SEPARATOR + nameKey(serviceId) + SEPARATOR;
    const known = this.instanceLists.get(instance);
    if (known) return known;
    if (this.instanceLists.size >= LISTS_MAX) this.instanceLists.clear();
    const found = this.byInstance.collect(instance);
    this.instanceLists.set(instance, found);
    return found;
  }

  ofService(service: string): HealthCheck[] {
    return this.byService.collect(nameKey(service) + SEPARATOR);
  }

  withStatus(status: string): HealthCheck[] {
    return this.byStatus.collect(sortKey(status) + SEPARATOR);
  }

  rows(): IterableIterator<HealthCheck> {
    return this.byNode.rows();
  }

  put(row: HealthCheck): HealthCheck | undefined {
    const before = this.remove(row);
    const node = nameKey(row.node);
    const check = nameKey(row.checkId);
    this.byNode.set(node + SEPARATOR + check, row);
    const instance = instanceKey(row, node);
    this.byInstance.set(instance + check, row);
    this.instanceLists.delete(instance);
    this.byService.set(serviceKey(row, node, check), row);
    this.byStatus.set(statusKey(row, node, check), row);
    return before;
  }

  remove(like: HealthCheck): HealthCheck | undefined {
    const node = nameKey(like.node);
    const check = nameKey(like.checkId);
    const before = this.byNode.get(node + SEPARATOR + check);
    if (!before) return undefined;
    this.byNode.delete(node + SEPARATOR + check);
    const instance = instanceKey(before, node);
    this.byInstance.delete(instance + check);
    this.instanceLists.delete(instance);
    this.byService.delete(serviceKey(before, node, check));
    this.byStatus.delete(statusKey(before, node, check));
    return before;
  }

  clone(): CheckTable {
    return new CheckTable(this.byNode.clone(), this.byInstance.clone(), this.byService.clone(), this.byStatus.clone());
  }
}

function instanceKey(row: HealthCheck, node: string): string {
  return node + SEPARATOR + nameKey(row.serviceId) + SEPARATOR;
}

function serviceKey(row: HealthCheck, node: string, check: string): string {
  return nameKey(row.serviceName) + SEPARATOR + node + SEPARATOR + check;
}

function statusKey(row: HealthCheck, node: string, check: string): string {
  return sortKey(row.status) + SEPARATOR + node + SEPARATOR + check;
}
