import type { Startable, Timer } from '@tribune/platform';
import type { CatalogApi, CheckServiceNode, Node } from '@tribune/protocol';
import { FirstSnapshot } from './first-snapshot';
import { follow, type FollowCollaborators } from './follow';
import { FollowedService } from './followed-service';
import { Nodes } from './nodes';
import { ServiceNames } from './service-names';

export interface MirrorOptions {
  readonly followedServicesMax: number;
  readonly followIdleMs: number;
}

/** What a query read: answers made of it are dropped when `dependency` changes; `used` keeps it followed. */
export interface Source {
  readonly dependency: string;
  readonly touch?: { used: boolean };
}

/** An answer from memory, or what has to arrive first. */
export type Lookup<T> =
  | { readonly kind: 'known'; readonly value: T; readonly sources: readonly Source[] }
  | { readonly kind: 'awaited'; readonly until: Promise<void> }
  | { readonly kind: 'unreachable' };

/**
 * The part of the catalog that this gateway's askers use, kept current by watches: all names, all nodes, and the
 * instances of the services that are asked for. While the catalog is away it keeps what it has.
 */
export class CatalogMirror implements Startable {
  private readonly nodes = new Nodes((key) => this.changed(`node/${key}`));
  private readonly names = new ServiceNames((key) => this.changed(`service/${key}`));
  private readonly nodesFirst = new FirstSnapshot();
  private readonly namesFirst = new FirstSnapshot();
  /** In order of first use or last sweep: the first is the one to let go. */
  private readonly services = new Map<string, FollowedService>();
  private readonly running = new Set<Promise<void>>();
  private aborter: AbortController | undefined;
  private sweep: Timer | undefined;
  private isReachable = true;

  constructor(
    private readonly options: MirrorOptions,
    private readonly collaborators: FollowCollaborators & { readonly catalog: CatalogApi },
    private readonly changed: (dependency: string) => void,
  ) {}

  async start(): Promise<void> {
    if (this.aborter) return;
    this.aborter = new AbortController();
    this.run(this.followNodes(this.aborter.signal));
    this.run(this.followNames(this.aborter.signal));
    this.scheduleSweep();
  }

  async stop(): Promise<void> {
    this.sweep?.cancel();
    this.aborter?.abort();
    for (const service of this.services.values()) service.stop();
    await Promise.all(this.running);
    this.services.clear();
    this.aborter = undefined;
  }

  /** The first snapshots of names and nodes are here. */
  get loaded(): boolean {
    return this.nodesFirst.here && this.namesFirst.here;
  }

  /** The catalog answers; false from a broken stream until the next event. */
  get reachable(): boolean {
    return this.isReachable;
  }

  get followedServices(): number {
    return this.services.size;
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

  /** undefined when there is no service of this name. */
  instances(name: string): Lookup<readonly CheckServiceNode[] | undefined> {
    if (!this.namesFirst.here) return this.await(this.namesFirst);
    const spellings = this.names.named(name);
    const dependency = `service/${name.toLowerCase()}`;
    if (spellings.length === 0) return { kind: 'known', value: undefined, sources: [{ dependency }] };
    return this.gather(dependency, spellings, false);
  }

  /** What stands for the service in Connect; empty when nothing does. */
  connectInstances(name: string): Lookup<readonly CheckServiceNode[]> {
    if (!this.namesFirst.here) return this.await(this.namesFirst);
    const spellings = this.names.named(name);
    return this.gather(`connect/${name.toLowerCase()}`, spellings.length > 0 ? spellings : [name], true);
  }

  private gather(
    dependency: string,
    spellings: readonly string[],
    connect: boolean,
  ): Lookup<readonly CheckServiceNode[]> {
    const followed = spellings.map((spelling) => this.followService(spelling, connect, dependency));
    const missing = followed.find((service) => !service.first.here);
    if (missing) return this.await(missing.first);
    const value = followed.length === 1 ? followed[0]!.current() : followed.flatMap((service) => service.current());
    return { kind: 'known', value, sources: followed.map((touch) => ({ dependency, touch })) };
  }

  private await(first: FirstSnapshot): Lookup<never> {
    return this.isReachable ? { kind: 'awaited', until: first.wait() } : { kind: 'unreachable' };
  }

  private followService(service: string, connect: boolean, dependency: string): FollowedService {
    const name = `${connect ? 'connect' : 'service'}/${service}`;
    let followed = this.services.get(name);
    if (!followed) {
      if (this.services.size >= this.options.followedServicesMax) this.letGo(this.services.keys().next().value!);
      followed = new FollowedService(name, service, connect, this.collaborators.catalog, () => {
        this.setReachable(true);
        this.changed(dependency);
      });
      this.services.set(name, followed);
      this.run(followed.start(this.collaborators));
    }
    followed.used = true;
    return followed;
  }

  private letGo(name: string): void {
    const followed = this.services.get(name);
    this.services.delete(name);
    followed?.stop();
    this.changed(name.toLowerCase());
  }

  /** Used ones move to the end of the line; those unused through a whole interval go. */
  private scheduleSweep(): void {
    this.sweep = this.collaborators.clock.setTimer(this.options.followIdleMs, () => {
      for (const [name, followed] of [...this.services]) {
        if (!followed.used) {
          this.letGo(name);
        } else {
          followed.used = false;
          this.services.delete(name);
          this.services.set(name, followed);
        }
      }
      this.scheduleSweep();
    });
  }

  private followNodes(signal: AbortSignal): Promise<void> {
    return follow(
      {
        name: 'nodes',
        open: (from, abort) => this.collaborators.catalog.watchNodes(from, abort),
        apply: (event) => {
          this.nodes.apply(event);
          this.setReachable(true);
          this.nodesFirst.arrived();
        },
        lost: () => this.setReachable(false),
      },
      this.collaborators,
      signal,
    );
  }

  private followNames(signal: AbortSignal): Promise<void> {
    return follow(
      {
        name: 'service names',
        open: (from, abort) => this.collaborators.catalog.watchServices(from, abort),
        apply: (event) => {
          this.names.apply(event);
          this.setReachable(true);
          this.namesFirst.arrived();
        },
        lost: () => this.setReachable(false),
      },
      this.collaborators,
      signal,
    );
  }

  private setReachable(isReachable: boolean): void {
    if (this.isReachable === isReachable) return;
    this.isReachable = isReachable;
    const { logger } = this.collaborators;
    if (isReachable) logger.info('the catalog is back');
    else logger.warn('the catalog is away, answering from what is here', { loaded: this.loaded });
  }

  private run(task: Promise<void>): void {
    this.running.add(task);
    void task.finally(() => this.running.delete(task));
  }
}
