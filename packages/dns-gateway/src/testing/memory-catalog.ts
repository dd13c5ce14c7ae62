import { EventEmitter, once } from 'node:events';
import { ApiError } from '@tribune/protocol';
import type {
  CatalogApi,
  CatalogDeregistration,
  CatalogRegistration,
  CheckServiceNode,
  HealthCheck,
  InstanceKey,
  InstancesQuery,
  Node,
  Revisioned,
  ServiceInstance,
  ServiceSummary,
  Watch,
  WatchEvent,
  WatchOptions,
} from '@tribune/protocol';

/** A catalog in memory behind the public interface: what the gateway is tested against. Its connection can be cut. */
export class MemoryCatalog implements CatalogApi {
  private readonly nodes = new Map<string, Node>();
  private readonly services = new Map<string, ServiceInstance>();
  private readonly checks = new Map<string, HealthCheck>();
  private readonly changes = new EventEmitter().setMaxListeners(0);
  private revision = 1;
  private isDown = false;
  /** Streams opened so far, by what they follow. */
  readonly opened: string[] = [];

  async register({ node, service, checks = [], skipNodeUpdate }: CatalogRegistration): Promise<{ revision: number }> {
    const index = ++this.revision;
    const at = { createIndex: index, modifyIndex: index };
    if (!skipNodeUpdate || !this.nodes.has(node.node)) this.nodes.set(node.node, { ...node, ...at });
    if (service) this.services.set(`${node.node}\0${service.id}`, { ...service, node: node.node, ...at });
    for (const check of checks) this.checks.set(`${check.node}\0${check.checkId}`, { ...check, ...at });
    this.changes.emit('change');
    return { revision: index };
  }

  async deregister({ node, serviceId, checkId }: CatalogDeregistration): Promise<{ revision: number }> {
    this.revision++;
    if (checkId !== undefined) this.checks.delete(`${node}\0${checkId}`);
    else if (serviceId !== undefined) this.services.delete(`${node}\0${serviceId}`);
    else this.removeNode(node);
    this.changes.emit('change');
    return { revision: this.revision };
  }

  /** Breaks every stream and refuses new ones, until {@link restore}. */
  cut(): void {
    this.isDown = true;
    this.changes.emit('change');
  }

  restore(): void {
    this.isDown = false;
  }

  async listServices(): Promise<Revisioned<readonly ServiceSummary[]>> {
    const names = this.names();
    return { revision: this.revision, value: names.map((service) => ({ service, tags: [] })) };
  }

  async listNodes(): Promise<Revisioned<readonly Node[]>> {
    return { revision: this.revision, value: [...this.nodes.values()] };
  }

  async instances({
    service,
    address,
    connect = false,
  }: InstancesQuery): Promise<Revisioned<readonly CheckServiceNode[]>> {
    if (this.isDown) throw unavailable();
    const all = service === '' ? this.allInstances() : this.instancesOf(service, connect);
    const value = address === undefined ? all : all.filter((instance) => instance.service.address === address);
    return { revision: this.revision, value };
  }

  watch(
    service: string,
    { fromRevision = 0, connect = false }: WatchOptions & { readonly connect?: boolean },
    signal: AbortSignal,
  ): Watch<WatchEvent<CheckServiceNode, InstanceKey>> {
    this.opened.push(`${connect ? 'connect' : 'service'}/${service}`);
    const keyOf = ({ node, service: { id } }: CheckServiceNode): InstanceKey => ({ node: node.node, serviceId: id });
    return this.stream(() => this.instancesOf(service, connect), keyOf, fromRevision, signal);
  }

  watchServices({ fromRevision = 0 }: WatchOptions, signal: AbortSignal): Watch<WatchEvent<string, string>> {
    this.opened.push('services');
    return this.stream(
      () => this.names(),
      (name) => name,
      fromRevision,
      signal,
    );
  }

  watchNodes(
    { fromRevision = 0, node }: WatchOptions & { readonly node?: string },
    signal: AbortSignal,
  ): Watch<WatchEvent<Node, string>> {
    this.opened.push(node === undefined ? 'nodes' : `node/${node}`);
    return this.stream(
      () => [...this.nodes.values()].filter((row) => node === undefined || isSameName(row.node, node)),
      ({ node: name }) => name,
      fromRevision,
      signal,
    );
  }

  /** A resume is always too late here, except when nothing has happened. */
  private async *stream<Item, Key>(
    read: () => readonly Item[],
    keyOf: (item: Item) => Key,
    fromRevision: number,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<Item, Key>> {
    if (this.isDown) throw unavailable();
    const textOf = (item: Item): string => JSON.stringify(keyOf(item));
    let seen = new Map(read().map((item) => [textOf(item), item]));
    yield fromRevision === this.revision
      ? { kind: 'delta', revision: this.revision, upserts: [], removals: [], history: HISTORY }
      : { kind: 'snapshot', revision: this.revision, items: [...seen.values()], history: HISTORY };
    let revision = this.revision;
    while (!signal.aborted) {
      if (revision === this.revision && !this.isDown)
        await once(this.changes, 'change', { signal }).catch(() => undefined);
      if (signal.aborted) return;
      if (this.isDown) throw unavailable();
      revision = this.revision;
      const now = new Map(read().map((item) => [textOf(item), item]));
      const upserts = [...now]
        .filter(([key, item]) => JSON.stringify(seen.get(key)) !== JSON.stringify(item))
        .map(([, item]) => item);
      const removals = [...seen].filter(([key]) => !now.has(key)).map(([, item]) => keyOf(item));
      seen = now;
      if (upserts.length + removals.length > 0) yield { kind: 'delta', revision, upserts, removals, history: HISTORY };
    }
  }

  private names(): string[] {
    return [...new Set([...this.services.values()].map(({ service }) => service))];
  }

  private instancesOf(name: string, connect: boolean): CheckServiceNode[] {
    return this.allInstances().filter(({ service }) =>
      connect
        ? isSameName(String(service.proxy?.DestinationServiceName ?? ''), name) ||
          (service.connectNative && isSameName(service.service, name))
        : isSameName(service.service, name),
    );
  }

  private allInstances(): CheckServiceNode[] {
    return [...this.services.values()].map((service) => ({
      node: this.nodes.get(service.node)!,
      service,
      checks: [...this.checks.values()].filter(
        (check) => check.node === service.node && (check.serviceId === '' || check.serviceId === service.id),
      ),
    }));
  }

  private removeNode(node: string): void {
    this.nodes.delete(node);
    for (const key of [...this.services.keys()]) if (key.startsWith(`${node}\0`)) this.services.delete(key);
    for (const key of [...this.checks.keys()]) if (key.startsWith(`${node}\0`)) this.checks.delete(key);
  }
}

const isSameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const HISTORY = 'memory';
const unavailable = (): ApiError => new ApiError({ code: 'UNAVAILABLE' }, 'cut by the test');
