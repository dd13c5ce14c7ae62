import {
  ApiError,
  invalidArgument,
  type CatalogApi,
  type CatalogDeregistration,
  type CatalogRegistration,
  type CheckServiceNode,
  type InstancesQuery,
  type Node,
  type NodesWatchEvent,
  type ReadOptions,
  type Revisioned,
  type ServiceNamesWatchEvent,
  type ServiceSummary,
  type ServiceWatchEvent,
  type Topic,
  type Watch,
  type WatchOptions,
} from '@tribune/protocol';
import { listNodes, listServices, serviceHealth, type ReadTables, type View } from '@tribune/state-store';
import type { Reads } from './reads';
import { checkDeregistration, registerCommand } from './registration';
import { serviceSource } from './watch/service-source';
import type { SubjectRegistry } from './watch/subject-registry';
import { nodesSource, serviceNamesSource } from './watch/table-sources';
import type { Writes } from './writes';

const CATALOG: readonly Topic[] = [{ kind: 'catalog' }];
/** What one row costs in a log of changes, roughly. */
const ROW_BYTES = 512;

/** The public catalog over the view: reads from memory, writes as commands, watches as shared logs. */
export class PublicCatalog implements CatalogApi {
  constructor(
    private readonly datacenter: string,
    private readonly collaborators: {
      readonly view: View;
      readonly reads: Reads;
      readonly writes: Writes;
      readonly subjects: SubjectRegistry;
    },
  ) {}

  async register(registration: CatalogRegistration): Promise<{ readonly revision: number }> {
    return this.write(registerCommand(registration, this.datacenter));
  }

  async deregister(deregistration: CatalogDeregistration): Promise<{ readonly revision: number }> {
    checkDeregistration(deregistration);
    return this.write({ type: 'deregister', ...deregistration });
  }

  listServices(options: ReadOptions = {}): Promise<Revisioned<readonly ServiceSummary[]>> {
    return this.collaborators.reads.read(CATALOG, options, (tables) =>
      [...listServices(tables).value].map(([service, tags]) => ({ service, tags })),
    );
  }

  listNodes(options: ReadOptions = {}): Promise<Revisioned<readonly Node[]>> {
    return this.collaborators.reads.read(CATALOG, options, (tables) => listNodes(tables).value);
  }

  async instances(query: InstancesQuery): Promise<Revisioned<readonly CheckServiceNode[]>> {
    const { service, address } = query;
    if (service === '' && address === undefined) throw invalidArgument('service', 'is empty, and there is no address');
    const topics: readonly Topic[] = service === '' ? CATALOG : [{ kind: 'service', service }];
    return this.collaborators.reads.read(topics, query, (tables) =>
      service === '' ? withAddress(tables, address!, query) : instancesOf(tables, service, query),
    );
  }

  async *watch(
    service: string,
    { connect = false, ...options }: WatchOptions & { readonly connect?: boolean },
    signal: AbortSignal,
  ): Watch<ServiceWatchEvent> {
    if (service === '') throw invalidArgument('service', 'is empty');
    const { view, reads, subjects } = this.collaborators;
    await reads.require([{ kind: 'service', service }]);
    const bytesOf = ({ checks }: CheckServiceNode): number =>
      checks.reduce((sum, check) => sum + ROW_BYTES + check.output.length, 2 * ROW_BYTES);
    const subject = { bytesOf, open: serviceSource(view, service, connect) };
    yield* subjects.watch(`${connect ? 'connect' : 'service'}/${service.toLowerCase()}`, subject, options, signal);
  }

  async *watchServices(options: WatchOptions, signal: AbortSignal): Watch<ServiceNamesWatchEvent> {
    const { view, reads, subjects } = this.collaborators;
    await reads.require(CATALOG);
    const subject = { bytesOf: (name: string) => name.length, open: serviceNamesSource(view) };
    yield* subjects.watch('services', subject, options, signal);
  }

  async *watchNodes(
    { node, ...options }: WatchOptions & { readonly node?: string },
    signal: AbortSignal,
  ): Watch<NodesWatchEvent> {
    const { view, reads, subjects } = this.collaborators;
    await reads.require(node === undefined ? CATALOG : [{ kind: 'node', node }]);
    const name = node === undefined ? 'nodes' : `node/${node.toLowerCase()}`;
    yield* subjects.watch(name, { bytesOf: () => ROW_BYTES, open: nodesSource(view, node) }, options, signal);
  }

  private async write(command: Parameters<Writes['ask']>[0]): Promise<{ readonly revision: number }> {
    const { revision, ok } = await this.collaborators.writes.ask(command);
    if (!ok) throw new ApiError({ code: 'FAILED_PRECONDITION' }, 'the catalog refused the registration');
    return { revision };
  }
}

function instancesOf(tables: ReadTables, service: string, query: InstancesQuery): readonly CheckServiceNode[] {
  const { tags = [], passingOnly = false, connect = false, address } = query;
  const { value } = serviceHealth(tables, service, { tags, passingOnly, connect });
  return address === undefined ? value : value.filter((instance) => instance.service.address === address);
}

/** Over all services: rare (reverse DNS), and a scan of memory. */
function withAddress(tables: ReadTables, address: string, query: InstancesQuery): readonly CheckServiceNode[] {
  const services = new Set<string>();
  for (const instance of tables.services.rows()) if (instance.address === address) services.add(instance.service);
  return [...services].sort().flatMap((service) => instancesOf(tables, service, query));
}
