import type { Timer } from '@tribune/platform';
import type { CatalogApi, CheckServiceNode, InstanceKey } from '@tribune/protocol';
import type { FollowCollaborators } from './follow';
import { FollowedItems, type ItemsDescription } from './followed-items';

export interface PoolOptions {
  readonly followedServicesMax: number;
  readonly followIdleMs: number;
}

type AnyItems = FollowedItems<unknown, unknown>;

/** What is followed because somebody asked: bounded, and let go when nobody asks any more. */
export class FollowPool {
  /** In order of first use or last sweep: the first is the one to let go. */
  private readonly followed = new Map<string, AnyItems>();
  private readonly running = new Set<Promise<void>>();
  private sweep: Timer | undefined;

  constructor(
    private readonly options: PoolOptions,
    private readonly collaborators: FollowCollaborators,
    /** Items of this name came, changed or were let go. */
    private readonly changed: (name: string) => void,
  ) {}

  get size(): number {
    return this.followed.size;
  }

  start(): void {
    this.sweep ??= this.scheduleSweep();
  }

  async stop(): Promise<void> {
    this.sweep?.cancel();
    this.sweep = undefined;
    for (const items of this.followed.values()) items.stop();
    this.followed.clear();
    await Promise.all(this.running);
  }

  /** Followed from now on, if it was not before. */
  use<Item, Key>(description: ItemsDescription<Item, Key>): FollowedItems<Item, Key> {
    const { name } = description;
    let items = this.followed.get(name) as FollowedItems<Item, Key> | undefined;
    if (!items) {
      if (this.followed.size >= this.options.followedServicesMax) this.letGo(this.followed.keys().next().value!);
      items = new FollowedItems(description, () => this.changed(name));
      this.followed.set(name, items as unknown as AnyItems);
      const task = items.start(this.collaborators);
      this.running.add(task);
      void task.finally(() => this.running.delete(task));
    }
    items.used = true;
    return items;
  }

  letGo(name: string): void {
    const items = this.followed.get(name);
    if (!items) return;
    this.followed.delete(name);
    items.stop();
    this.changed(name);
  }

  /** Used ones move to the end of the line; those unused through a whole interval go. */
  private scheduleSweep(): Timer {
    return this.collaborators.clock.setTimer(this.options.followIdleMs, () => {
      for (const [name, items] of [...this.followed]) {
        if (!items.used) {
          this.letGo(name);
        } else {
          items.used = false;
          this.followed.delete(name);
          this.followed.set(name, items);
        }
      }
      this.sweep = this.scheduleSweep();
    });
  }
}

/** The instances of a service, or with `connect` of what stands for it. One watch takes all spellings of the name. */
export function serviceItems(
  catalog: CatalogApi,
  service: string,
  connect: boolean,
): ItemsDescription<CheckServiceNode, InstanceKey> {
  const key = service.toLowerCase();
  return {
    name: `${connect ? 'connect' : 'service'}/${key}`,
    open: (from, signal) => catalog.watch(key, { ...from, connect }, signal),
    // Neither part can hold a NUL.
    idOf: ({ node, service: { id } }) => `${node.node}\0${id}`,
    idOfKey: ({ node, serviceId }) => `${node}\0${serviceId}`,
  };
}
