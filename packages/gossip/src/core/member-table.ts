import { assert, shuffle, type Random } from '@tribune/platform';
import type { Endpoint, MemberState, Versions } from './messages';

/** One member as we believe it to be. Immutable: a change is a new record, so tables can share records. */
export interface MemberRecord extends Endpoint {
  readonly name: string;
  readonly meta: Uint8Array;
  readonly versions: Versions;
  readonly incarnation: number;
  readonly state: MemberState;
  readonly changedAtMs: number;
}

export const isGone = (record: MemberRecord): boolean => record.state === 'dead' || record.state === 'left';

/**
 * All known members in stable slots, and the order in which they are probed. The order is shuffled at each wrap and
 * newcomers enter at a random place, so that every member is probed once per round and detection time is bounded
 * (SWIM §4.3).
 */
export class MemberTable {
  private slots: MemberRecord[] = [];
  private index = new Map<string, number>();
  private order: number[] = [];
  private probed = 0;
  /** Set by {@link share}: copy before the first write. */
  private hasSharedSlots = false;
  private hasSharedIndex = false;

  get size(): number {
    return this.slots.length;
  }

  get(name: string): MemberRecord | undefined {
    const slot = this.index.get(name);
    return slot === undefined ? undefined : this.slots[slot];
  }

  all(): readonly MemberRecord[] {
    return this.slots;
  }

  add(record: MemberRecord, random: Random): void {
    assert(!this.index.has(record.name), 'a member has one slot');
    this.ownSlots();
    this.ownIndex();
    const slot = this.slots.push(record) - 1;
    this.index.set(record.name, slot);
    const place = random.integer(this.order.length + 1);
    this.order.push(slot);
    const last = this.order.length - 1;
    [this.order[place], this.order[last]] = [this.order[last]!, this.order[place]!];
  }

  replace(record: MemberRecord): void {
    const slot = this.index.get(record.name);
    assert(slot !== undefined, 'only a known member can be replaced');
    this.ownSlots();
    this.slots[slot] = record;
  }

  /** The next member to probe that `eligible` accepts; at the end of a round forgets `expired` ones and reshuffles. */
  nextToProbe(
    random: Random,
    eligible: (record: MemberRecord) => boolean,
    expired: (record: MemberRecord) => boolean,
  ): MemberRecord | undefined {
    for (let considered = 0; considered <= 2 * this.slots.length; considered++) {
      if (this.probed >= this.order.length) this.startRound(random, expired);
      const slot = this.order[this.probed++];
      const record = slot === undefined ? undefined : this.slots[slot];
      if (record && eligible(record)) return record;
    }
    return undefined;
  }

  /** Up to `count` different members that `eligible` accepts. Exhaustive in small pools, sampled in large ones. */
  randomMembers(count: number, random: Random, eligible: (record: MemberRecord) => boolean): MemberRecord[] {
    const n = this.slots.length;
    if (n < count * 3) return shuffle(this.slots.filter(eligible), random).slice(0, count);
    const chosen: MemberRecord[] = [];
    for (let tries = 0; tries < 3 * n && chosen.length < count; tries++) {
      const record = this.slots[random.integer(n)]!;
      if (eligible(record) && !chosen.includes(record)) chosen.push(record);
    }
    return chosen;
  }

  /** A table with the same records and an order of its own; both copy before they write. For simulations. */
  share(random: Random): MemberTable {
    const copy = new MemberTable();
    copy.slots = this.slots;
    copy.index = this.index;
    copy.order = shuffle([...this.order], random);
    copy.hasSharedSlots = this.hasSharedSlots = true;
    copy.hasSharedIndex = this.hasSharedIndex = true;
    return copy;
  }

  private startRound(random: Random, expired: (record: MemberRecord) => boolean): void {
    if (this.slots.some(expired)) this.keep(this.slots.filter((record) => !expired(record)));
    shuffle(this.order, random);
    this.probed = 0;
  }

  private keep(records: MemberRecord[]): void {
    this.slots = records;
    this.index = new Map(records.map((record, slot) => [record.name, slot]));
    this.order = records.map((_, slot) => slot);
    this.hasSharedSlots = this.hasSharedIndex = false;
  }

  private ownSlots(): void {
    if (!this.hasSharedSlots) return;
    this.slots = [...this.slots];
    this.hasSharedSlots = false;
  }

  private ownIndex(): void {
    if (!this.hasSharedIndex) return;
    this.index = new Map(this.index);
    this.hasSharedIndex = false;
  }
}
