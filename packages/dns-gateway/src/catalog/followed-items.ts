import type { Watch, WatchEvent, WatchOptions } from '@tribune/protocol';
import { FirstSnapshot } from './first-snapshot';
import { follow, type FollowCollaborators, type Followed } from './follow';

export interface ItemsDescription<Item, Key> {
  /** `service/web`; what depends on the items depends on this name. */
  readonly name: string;
  readonly open: (from: WatchOptions, signal: AbortSignal) => Watch<WatchEvent<Item, Key>>;
  /** One text per item and its key. */
  readonly idOf: (item: Item) => string;
  readonly idOfKey: (key: Key) => string;
}

/** What one watch tells, kept current from first use until nobody asks any more. */
export class FollowedItems<Item, Key> implements Followed<Item, Key> {
  readonly first = new FirstSnapshot();
  /** Set by every use; the pool clears it and looks again. */
  used = true;
  private readonly items = new Map<string, Item>();
  private readonly aborter = new AbortController();
  private list: readonly Item[] | undefined;

  constructor(
    private readonly description: ItemsDescription<Item, Key>,
    private readonly changed: () => void,
  ) {}

  get name(): string {
    return this.description.name;
  }

  get isEmpty(): boolean {
    return this.items.size === 0;
  }

  start(collaborators: FollowCollaborators): Promise<void> {
    return follow(this, collaborators, this.aborter.signal);
  }

  stop(): void {
    this.aborter.abort();
  }

  current(): readonly Item[] {
    return (this.list ??= [...this.items.values()]);
  }

  open(from: WatchOptions, signal: AbortSignal): Watch<WatchEvent<Item, Key>> {
    return this.description.open(from, signal);
  }

  apply(event: WatchEvent<Item, Key>): void {
    const { idOf, idOfKey } = this.description;
    if (event.kind === 'snapshot') {
      this.items.clear();
      for (const item of event.items) this.items.set(idOf(item), item);
      this.first.arrived();
    } else {
      for (const key of event.removals) this.items.delete(idOfKey(key));
      for (const item of event.upserts) this.items.set(idOf(item), item);
    }
    this.list = undefined;
    this.changed();
  }

  lost(): void {
    // What we have is the best there is until the stream is back.
  }
}
