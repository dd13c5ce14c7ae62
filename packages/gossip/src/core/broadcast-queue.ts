import type { Message } from './messages';

export interface Broadcast<M = Message> {
  readonly message: M;
  /** Encoded size in bytes. */
  readonly size: number;
  /** A later broadcast of the same name replaces this one; undefined: never replaced. */
  readonly name?: string;
  /** Called once when it will not be sent again: sent often enough, replaced or dropped. */
  readonly finished?: () => void;
}

interface Queued<M> {
  readonly broadcast: Broadcast<M>;
  readonly id: number;
  sends: number;
}

/** Three rounds to three members. Pools of five to ten have few senders, and with memberlist's four sends one in ten
 * of their news misses somebody, who then learns it from a state exchange. */
const SENDS_MIN = 9;

/** How often a message is sent so that it reaches everybody with high probability: mult × ceil(log10(n + 1)) or more. */
export const retransmitLimit = (mult: number, memberCount: number): number =>
  Math.max(mult * Math.ceil(Math.log10(memberCount + 1)), Math.min(memberCount, SENDS_MIN));

/**
 * Messages to piggyback, fewest sends first, then the largest that fits, then the newest. One array per send
 * count ("tier"), each sorted by falling size and falling age; the tiers are few because the limit is logarithmic.
 */
export class BroadcastQueue<M = Message> {
  private readonly tiers: Queued<M>[][] = [];
  private readonly named = new Map<string, Queued<M>>();
  private count = 0;
  private nextId = 0;

  constructor(private readonly max: number) {}

  get length(): number {
    return this.count;
  }

  add(broadcast: Broadcast<M>): void {
    const old = broadcast.name === undefined ? undefined : this.named.get(broadcast.name);
    if (old) this.finish(old);
    const queued = { broadcast, id: this.nextId++, sends: 0 };
    if (broadcast.name !== undefined) this.named.set(broadcast.name, queued);
    this.insert(queued);
    while (this.count > this.max) this.dropMostSent();
  }

  /** Takes what fits in `bytesMax`, each message costing its size plus `overhead`. */
  take(overhead: number, bytesMax: number, sendsMax: number): M[] {
    const taken: M[] = [];
    const again: Queued<M>[] = [];
    let free = bytesMax;
    for (let sends = 0; sends < this.tiers.length && free > overhead;) {
      const queued = this.largestFitting(sends, free - overhead);
      if (!queued) {
        sends += 1;
        continue;
      }
      free -= overhead + queued.broadcast.size;
      taken.push(queued.broadcast.message);
      this.remove(queued);
      if (queued.sends + 1 >= sendsMax) this.forget(queued);
      else again.push(queued);
    }
    // Only now, or the same message would be found again one tier further down.
    for (const queued of again) {
      queued.sends += 1;
      this.insert(queued);
    }
    return taken;
  }

  private largestFitting(sends: number, size: number): Queued<M> | undefined {
    const tier = this.tiers[sends] ?? [];
    return tier[position(tier, size, Infinity)];
  }

  private insert(queued: Queued<M>): void {
    while (this.tiers.length <= queued.sends) this.tiers.push([]);
    const tier = this.tiers[queued.sends]!;
    tier.splice(position(tier, queued.broadcast.size, queued.id), 0, queued);
    this.count += 1;
  }

  private remove(queued: Queued<M>): void {
    const tier = this.tiers[queued.sends]!;
    tier.splice(position(tier, queued.broadcast.size, queued.id), 1);
    this.count -= 1;
  }

  private finish(queued: Queued<M>): void {
    this.remove(queued);
    this.forget(queued);
  }

  private forget(queued: Queued<M>): void {
    const { name, finished } = queued.broadcast;
    if (name !== undefined && this.named.get(name) === queued) this.named.delete(name);
    finished?.();
  }

  private dropMostSent(): void {
    for (let sends = this.tiers.length - 1; sends >= 0; sends--) {
      const last = this.tiers[sends]!.at(-1);
      if (last) return this.finish(last);
    }
  }
}

/** First index whose entry is not before (size, id) in the order "larger first, newer first". */
function position<M>(tier: readonly Queued<M>[], size: number, id: number): number {
  let low = 0;
  let high = tier.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = tier[middle]!;
    const isBefore = entry.broadcast.size > size || (entry.broadcast.size === size && entry.id > id);
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low;
}
