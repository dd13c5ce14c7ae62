import type { HealthCheck, ServiceInstance } from '@tribune/protocol';
import type { ReadTables } from '../tables/tables';
import type { Delta } from './delta';
import { hostRows, puts } from './topic-snapshot';
import { isCheckNamed, isInstanceOf } from './topics';

/**
 * What belongs to a service at the moment: its instances, the nodes they are on with their own checks, and the checks
 * of the instances. A batch may bring an instance to a node that the subscriber has never seen, or take the last one
 * away; the node's rows then come and go with it, though no delta says so.
 *
 * Comings are dealt with at once and goings at the end of the batch, so that the deletion of an instance together with
 * its node and checks is seen whole.
 */
export class ServiceMembership {
  private readonly service: string;
  /** node → ids of the instances on it, all in lower case. */
  private readonly members = new Map<string, Set<string>>();

  constructor(service: string, tables: ReadTables) {
    this.service = service.toLowerCase();
    for (const instance of tables.services.named(service)) this.add(instance);
    for (const instance of tables.services.connectFor(service)) this.add(instance);
  }

  next(tables: ReadTables, deltas: readonly Delta[]): Delta[] {
    const out: Delta[] = [];
    const left: ServiceInstance[] = [];
    for (const delta of deltas) this.onDelta(tables, delta, out, left);
    for (const instance of left) this.drop(tables, instance, out);
    return out;
  }

  private onDelta(tables: ReadTables, delta: Delta, out: Delta[], left: ServiceInstance[]): void {
    switch (delta.table) {
      case 'nodes':
        if (this.members.has(delta.row.node.toLowerCase())) out.push(delta);
        return;
      case 'services':
        return this.onInstance(tables, delta, out, left);
      case 'checks':
        return this.onCheck(delta, out);
      default:
        return;
    }
  }

  private onInstance(
    tables: ReadTables,
    delta: Extract<Delta, { table: 'services' }>,
    out: Delta[],
    left: ServiceInstance[],
  ): void {
    if (delta.op === 'put' && isInstanceOf(this.service, delta.row)) {
      if (!this.members.has(delta.row.node.toLowerCase())) out.push(...hostRows(tables, delta.row.node));
      if (!this.has(delta.row)) out.push(...puts('checks', tables.checks.ofInstance(delta.row.node, delta.row.id)));
      this.add(delta.row);
      out.push(delta);
    } else if (this.has(delta.row)) {
      left.push(delta.row);
      out.push({ table: 'services', op: 'delete', row: delta.row });
    }
  }

  private onCheck(delta: Extract<Delta, { table: 'checks' }>, out: Delta[]): void {
    if (this.covers(delta.row)) out.push(delta);
    else if (delta.op === 'put' && delta.before && this.covers(delta.before)) {
      out.push({ table: 'checks', op: 'delete', row: delta.before });
    }
  }

  private covers(check: HealthCheck): boolean {
    if (isCheckNamed(this.service, check)) return true;
    const ids = this.members.get(check.node.toLowerCase());
    return ids !== undefined && (check.serviceId === '' || ids.has(check.serviceId.toLowerCase()));
  }

  /** Takes back what the subscriber holds only because of this instance. A later put in the batch may have revived it. */
  private drop(tables: ReadTables, instance: ServiceInstance, out: Delta[]): void {
    const now = tables.services.get(instance.node, instance.id);
    if (now && isInstanceOf(this.service, now)) return;
    const node = instance.node.toLowerCase();
    const ids = this.members.get(node);
    if (!ids?.delete(instance.id.toLowerCase())) return;
    this.retract(puts('checks', tables.checks.ofInstance(instance.node, instance.id)), out);
    if (ids.size > 0) return;
    this.members.delete(node);
    this.retract(hostRows(tables, node), out);
  }

  private retract(rows: Iterable<Delta>, out: Delta[]): void {
    for (const delta of rows) {
      if (delta.table === 'checks' && isCheckNamed(this.service, delta.row)) continue;
      out.push({ table: delta.table, op: 'delete', row: delta.row } as Delta);
    }
  }

  private has(instance: ServiceInstance): boolean {
    return this.members.get(instance.node.toLowerCase())?.has(instance.id.toLowerCase()) ?? false;
  }

  private add(instance: ServiceInstance): void {
    const node = instance.node.toLowerCase();
    const ids = this.members.get(node);
    if (ids) ids.add(instance.id.toLowerCase());
    else this.members.set(node, new Set([instance.id.toLowerCase()]));
  }
}
