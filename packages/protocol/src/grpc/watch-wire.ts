import { invalidArgument } from '../api/api-error';
import type { WatchEvent, WatchOptions } from '../api/catalog';
import { safeFromWire, type Uint64 } from './wire-integers';

/** One message of a watch: a whole event, or a part of a large one. */
export interface WatchPart<Item, Key> {
  readonly kind: 'snapshot' | 'delta';
  readonly revision: number;
  readonly items: readonly Item[];
  readonly removals: readonly Key[];
  readonly more: boolean;
  readonly history: string;
}

/** The usual limit of a gRPC receiver is 4 MiB; a part stays well below it. */
const PART_BYTES = 1 << 20;

/** Cuts an event into parts. `bytesOf` need only be about right. */
export function* partsOf<Item, Key>(
  event: WatchEvent<Item, Key>,
  bytesOf: (item: Item) => number,
): Generator<WatchPart<Item, Key>> {
  const { kind, revision, history } = event;
  const all = kind === 'snapshot' ? event.items : event.upserts;
  const removals = kind === 'snapshot' ? [] : event.removals;
  // Removals are names of at most a few hundred bytes each.
  const removalsPerPart = PART_BYTES / 512;
  let from = 0;
  let removed = 0;
  do {
    let to = from;
    for (let bytes = 0; to < all.length && (to === from || bytes + bytesOf(all[to]!) <= PART_BYTES); to++)
      bytes += bytesOf(all[to]!);
    const gone = removals.slice(removed, removed + removalsPerPart);
    removed += gone.length;
    const more = to < all.length || removed < removals.length;
    yield { kind, revision, items: all.slice(from, to), removals: gone, more, history };
    from = to;
  } while (from < all.length || removed < removals.length);
}

/** Puts parts together again. */
export class PartAssembler<Item, Key> {
  private items: Item[] = [];
  private removals: Key[] = [];

  /** The event, once its last part is here. */
  add(part: WatchPart<Item, Key>): WatchEvent<Item, Key> | undefined {
    this.items.push(...part.items);
    this.removals.push(...part.removals);
    if (part.more) return undefined;
    const { items, removals } = this;
    this.items = [];
    this.removals = [];
    return part.kind === 'snapshot'
      ? { kind: 'snapshot', revision: part.revision, items, history: part.history }
      : { kind: 'delta', revision: part.revision, upserts: items, removals, history: part.history };
  }
}

/** The two-case form that Catalog.Watch and KV.Watch share; `list` names the items in a snapshot. */
export interface WireWatchEvent<WireItem, WireKey, List extends string> {
  snapshot?: ({ revision: Uint64; more: boolean } & Record<List, readonly WireItem[]>) | null;
  delta?: { revision: Uint64; upserts: readonly WireItem[]; removals: readonly WireKey[]; more: boolean } | null;
  history: string;
}

export function partToWire<Item, Key, WireItem, List extends string>(
  part: WatchPart<Item, Key>,
  list: List,
  itemToWire: (item: Item) => WireItem,
): WireWatchEvent<WireItem, Key, List> {
  const { more, history, removals } = part;
  const revision = String(part.revision);
  const items = part.items.map(itemToWire);
  if (part.kind === 'delta') return { delta: { revision, upserts: items, removals, more }, history };
  return { snapshot: { revision, more, [list]: items } as WireWatchEvent<WireItem, Key, List>['snapshot'], history };
}

export function partFromWire<Item, Key, WireItem, List extends string>(
  wire: WireWatchEvent<WireItem, Key, List>,
  list: List,
  itemFromWire: (wire: WireItem) => Item,
): WatchPart<Item, Key> {
  const { snapshot, delta, history } = wire;
  if (snapshot) {
    const items = (snapshot[list] as readonly WireItem[]).map(itemFromWire);
    const revision = safeFromWire(snapshot.revision, 'snapshot.revision');
    return { kind: 'snapshot', revision, items, removals: [], more: snapshot.more, history };
  }
  if (!delta) throw invalidArgument('event', 'is of an unknown kind');
  const revision = safeFromWire(delta.revision, 'delta.revision');
  return {
    kind: 'delta',
    revision,
    items: delta.upserts.map(itemFromWire),
    removals: delta.removals,
    more: delta.more,
    history,
  };
}

/** The flat form that Catalog.WatchServices and WatchNodes share. */
export interface WireListEvent<WireItem> {
  revision: Uint64;
  snapshot: boolean;
  upserts: readonly WireItem[];
  removals: readonly string[];
  more: boolean;
  history: string;
}

export const listPartToWire = <Item, WireItem>(
  part: WatchPart<Item, string>,
  itemToWire: (item: Item) => WireItem,
): WireListEvent<WireItem> => ({
  revision: String(part.revision),
  snapshot: part.kind === 'snapshot',
  upserts: part.items.map(itemToWire),
  removals: part.removals,
  more: part.more,
  history: part.history,
});

export const listPartFromWire = <Item, WireItem>(
  wire: WireListEvent<WireItem>,
  itemFromWire: (wire: WireItem) => Item,
): WatchPart<Item, string> => ({
  kind: wire.snapshot ? 'snapshot' : 'delta',
  revision: safeFromWire(wire.revision, 'revision'),
  items: wire.upserts.map(itemFromWire),
  removals: wire.removals,
  more: wire.more,
  history: wire.history,
});

export const watchOptionsToWire = ({ fromRevision = 0, history = '' }: WatchOptions) => ({
  fromRevision: String(fromRevision),
  history,
});

export const watchOptionsFromWire = (wire: { fromRevision: Uint64; history: string }): WatchOptions => ({
  fromRevision: safeFromWire(wire.fromRevision, 'from_revision'),
  ...(wire.history === '' ? {} : { history: wire.history }),
});
