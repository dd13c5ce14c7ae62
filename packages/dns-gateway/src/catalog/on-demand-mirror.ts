import type { Timer } from '@tribune/platform';
import type { CatalogApi, CheckServiceNode, Node } from '@tribune/protocol';
import { Fetched } from '../cache/fetched';
import { addressBytes, addressKey } from '../wire/ip-address';
import type { CatalogMirror, Lookup } from './catalog-reader';
import { FollowPool, serviceItems, type PoolOptions } from './follow-pool';
import type { FollowCollaborators } from './follow';
import type { FollowedItems, ItemsDescription } from './followed-items';

/** A name that is not there is followed this long: enough for those who ask again at once. */
const ABSENT_MS = 5000;
/** Names that are not there, followed at once. Askers choose them, so they must not crowd out those that are. */
const ABSENT_MAX = 64;
/** A look-up of a node by address is kept this long. */
const ADDRESS_KEEP_MS = 2000;
const ADDRESSES_MAX = 64;

/** What may turn out not to exist. */
type Absentee = Pick<FollowedItems<unknown, unknown>, 'name' | 'isEmpty'>;

/**
 * Only what is asked for, services and nodes alike: for client agents, of which there are thousands, and which must
 * not each hold the whole catalog. A name that is not there costs one look-up.
 */
export class OnDemandMirror implements CatalogMirror {
  readonly loaded = true;
  private readonly pool: FollowPool;
  private readonly absent = new Map<string, { readonly items: Absentee; readonly timer: Timer }>();
  private readonly addresses: Fetched<Node | undefined>;

  constructor(
    options: PoolOptions,
    private readonly collaborators: FollowCollaborators & { readonly catalog: CatalogApi },
    changed: (dependency: string) => void,
  ) {
    this.pool = new FollowPool(options, collaborators, changed);
    this.addresses = new Fetched({ keepMs: ADDRESS_KEEP_MS, entriesMax: ADDRESSES_MAX }, collaborators.clock);
  }

  get followed(): number {
    return this.pool.size;
  }

  async start(): Promise<void> {
    this.pool.start();
  }

  async stop(): Promise<void> {
    for (const { timer } of this.absent.values()) timer.cancel();
    this.absent.clear();
    await this.pool.stop();
  }

  node(name: string): Lookup<Node | undefined> {
    const found = this.lookup(nodeItems(this.collaborators.catalog, name));
    return found.kind === 'known' ? { ...found, value: found.value[0] } : found;
  }

  nodeWithAddress(address: Uint8Array): Lookup<Node | undefined> {
    const fetch = this.addresses.get(addressKey(address), () => this.findNode(addressKey(address)));
    if (fetch.kind === 'refused') return { kind: 'unreachable' };
    return fetch.kind === 'awaited' ? fetch : { ...fetch, sources: [] };
  }

  instances(name: string): Lookup<readonly CheckServiceNode[] | undefined> {
    const found = this.lookup(serviceItems(this.collaborators.catalog, name, false));
    return found.kind === 'known' && found.value.length === 0 ? { ...found, value: undefined } : found;
  }

  connectInstances(name: string): Lookup<readonly CheckServiceNode[]> {
    return this.lookup(serviceItems(this.collaborators.catalog, name, true));
  }

  private lookup<Item, Key>(description: ItemsDescription<Item, Key>): Lookup<readonly Item[]> {
    const items = this.pool.use(description);
    if (!items.first.here) {
      this.limitAbsent(items);
      return { kind: 'awaited', until: items.first.wait() };
    }
    if (items.isEmpty) this.limitAbsent(items);
    return { kind: 'known', value: items.current(), sources: [{ dependency: items.name, touch: items }] };
  }

  /** What is not known to exist is let go after a while, and sooner when there is much of it. */
  private limitAbsent(items: Absentee): void {
    const { name } = items;
    if (this.absent.has(name)) return;
    if (this.absent.size >= ABSENT_MAX) this.dropOne();
    const timer = this.collaborators.clock.setTimer(ABSENT_MS, () => this.settle(name));
    this.absent.set(name, { items, timer });
  }

  /** Those that turned out to exist need no watching over; of the others the first goes. */
  private dropOne(): void {
    for (const [name, { items }] of this.absent) if (!items.isEmpty) this.settle(name);
    if (this.absent.size >= ABSENT_MAX) this.settle(this.absent.keys().next().value!);
  }

  private settle(name: string): void {
    const { items, timer } = this.absent.get(name)!;
    timer.cancel();
    this.absent.delete(name);
    if (items.isEmpty) this.pool.letGo(name);
  }

  /** Reverse names only. A failure is "not known": the answer is then the recursors' or NXDOMAIN. */
  private async findNode(key: string): Promise<Node | undefined> {
    try {
      const { value } = await this.collaborators.catalog.listNodes({ consistency: 'stale' });
      return value.find(({ address }) => {
        const bytes = addressBytes(address);
        return bytes !== undefined && addressKey(bytes) === key;
      });
    } catch {
      return undefined;
    }
  }
}

function nodeItems(catalog: CatalogApi, node: string): ItemsDescription<Node, string> {
  const key = node.toLowerCase();
  return {
    name: `node/${key}`,
    open: (from, signal) => catalog.watchNodes({ ...from, node: key }, signal),
    idOf: (item) => item.node.toLowerCase(),
    idOfKey: (name) => name.toLowerCase(),
  };
}
