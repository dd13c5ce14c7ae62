import type { CatalogApi, CheckServiceNode, Node } from '@tribune/protocol';
import type { CatalogMirror, Lookup } from './catalog-reader';
import { FirstSnapshot } from './first-snapshot';
import { follow, type FollowCollaborators, type Followed } from './follow';
import { FollowPool, serviceItems, type PoolOptions } from './follow-pool';
import { Nodes } from './nodes';
import { ServiceNames } from './service-names';

/**
 * All names and all nodes, and the instances of the services that are asked for: a name that is not there costs
 * nothing. For gateways beside a front end that has the whole catalog anyway.
 */
export class FullMirror implements CatalogMirror {
  private readonly nodes: Nodes;
  private readonly names: ServiceNames;
  private readonly nodesFirst = new FirstSnapshot();
  private readonly namesFirst = new FirstSnapshot();
  private readonly pool: FollowPool;
  private aborter: AbortController | undefined;
  private following: Promise<unknown> | undefined;
  private isReachable = true;

  constructor(
    options: PoolOptions,
    private readonly collaborators: FollowCollaborators & { readonly catalog: CatalogApi },
    changed: (dependency: string) => void,
  ) {
    this.nodes = new Nodes((key) => changed(`node/${key}`));
    this.names = new ServiceNames((key) => changed(`service/${key}`));
    this.pool = new FollowPool(options, collaborators, (name) => {
      this.setReachable(true);
      changed(name);
    });
  }

  get loaded(): boolean {
    return this.nodesFirst.here && this.namesFirst.here;
  }

  get followed(): number {
    return this.pool.size;
  }

  async start(): Promise<void> {
    if (this.aborter) return;
    this.aborter = new AbortController();
    this.following = this.followLists(this.collaborators.catalog, this.aborter.signal);
    this.pool.start();
  }

  async stop(): Promise<void> {
    this.aborter?.abort();
    this.aborter = undefined;
    await Promise.all([this.following, this.pool.stop()]);
  }

  node(name: string): Lookup<Node | undefined> {
    if (!this.nodesFirst.here) return this.await(this.nodesFirst);
    const sources = [{ dependency: `node/${name.toLowerCase()}` }];
    return { kind: 'known', value: this.nodes.get(name), sources };
  }

  nodeWithAddress(address: Uint8Array): Lookup<Node | undefined> {
    if (!this.nodesFirst.here) return this.await(this.nodesFirst);
    return { kind: 'known', value: this.nodes.withAddress(address), sources: [] };
  }

  instances(name: string): Lookup<readonly CheckServiceNode[] | undefined> {
    if (!this.namesFirst.here) return this.await(this.namesFirst);
    if (this.names.has(name)) return this.lookup(name, false);
    return { kind: 'known', value: undefined, sources: [{ dependency: `service/${name.toLowerCase()}` }] };
  }

  connectInstances(name: string): Lookup<readonly CheckServiceNode[]> {
    return this.lookup(name, true);
  }

  private lookup(name: string, connect: boolean): Lookup<readonly CheckServiceNode[]> {
    const items = this.pool.use(serviceItems(this.collaborators.catalog, name, connect));
    if (!items.first.here) return this.await(items.first);
    return { kind: 'known', value: items.current(), sources: [{ dependency: items.name, touch: items }] };
  }

  private await(first: FirstSnapshot): Lookup<never> {
    return this.isReachable ? { kind: 'awaited', until: first.wait() } : { kind: 'unreachable' };
  }

  private followLists(catalog: CatalogApi, signal: AbortSignal): Promise<unknown> {
    const lost = (): void => this.setReachable(false);
    const nodes: Followed<Node, string> = {
      name: 'nodes',
      open: (from, abort) => catalog.watchNodes(from, abort),
      apply: (event) => {
        this.nodes.apply(event);
        this.setReachable(true);
        this.nodesFirst.arrived();
      },
      lost,
    };
    const names: Followed<string, string> = {
      name: 'service names',
      open: (from, abort) => catalog.watchServices(from, abort),
      apply: (event) => {
        this.names.apply(event);
        this.setReachable(true);
        this.namesFirst.arrived();
      },
      lost,
    };
    return Promise.all([follow(nodes, this.collaborators, signal), follow(names, this.collaborators, signal)]);
  }

  private setReachable(isReachable: boolean): void {
    if (this.isReachable === isReachable) return;
    this.isReachable = isReachable;
    const { logger } = this.collaborators;
    if (isReachable) logger.info('the catalog is back');
    else logger.warn('the catalog is away, answering from what is here', { loaded: this.loaded });
  }
}
