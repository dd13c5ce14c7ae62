import { encodeDeltas, type Delta } from '@tribune/state-store';
import { ALL } from './topic-registry';

/** What one command changed. */
export interface Revision {
  readonly revision: number;
  readonly deltas: readonly Delta[];
  /** By topic, the part that belongs to it; topics without a part are left out. */
  readonly selected?: ReadonlyMap<string, readonly Delta[]>;
}

/** The revisions that were applied together. What many subscribers ask for is encoded once and kept here. */
export class Batch {
  private readonly encoded = new Map<string, Uint8Array | undefined>();

  constructor(
    /** Everything up to here came before. */
    readonly after: number,
    readonly last: number,
    private readonly revisions: readonly Revision[],
    readonly weight: number,
  ) {}

  get count(): number {
    return this.revisions.length;
  }

  /**
   * The rows of this batch beyond `position` that belong to a topic (by {@link topicKey}), encoded; undefined when
   * there are none.
   */
  rows(topic: string, position: number): Uint8Array | undefined {
    if (position > this.after) return this.encode(topic, position);
    if (!this.encoded.has(topic)) this.encoded.set(topic, this.encode(topic, this.after));
    return this.encoded.get(topic);
  }

  private encode(topic: string, position: number): Uint8Array | undefined {
    const part = (each: Revision): readonly Delta[] =>
      topic === ALL ? each.deltas : (each.selected?.get(topic) ?? []);
    const deltas = this.revisions.filter(({ revision }) => revision > position).flatMap(part);
    return deltas.length > 0 ? encodeDeltas(deltas) : undefined;
  }
}

export interface HistoryLimits {
  readonly revisionsMax: number;
  readonly bytesMax: number;
}

/** What is kept while nobody subscribes: enough for who comes over from another server, and little for the collector to carry. */
const UNHEARD_REVISIONS_MAX = 1_000;

/** Default memory for subscribers that come back or fall behind. */
export const historyDefaults: HistoryLimits = { revisionsMax: 20_000, bytesMax: 32 << 20 };

/** The newest batches, oldest first. Every subscriber reads from here at its own pace; nobody else keeps a queue. */
export class History {
  private batches: Batch[] = [];
  private start = 0;
  private revisions = 0;
  private bytes = 0;
  private revisionsMax: number;

  constructor(
    /** Positions below this one cannot be continued from: the deltas are gone. */
    private floor: number,
    private readonly limits: HistoryLimits = historyDefaults,
  ) {
    this.revisionsMax = Math.min(UNHEARD_REVISIONS_MAX, limits.revisionsMax);
  }

  /** Whether there are subscribers; there are none at first. */
  set isHeard(isHeard: boolean) {
    const { revisionsMax } = this.limits;
    this.revisionsMax = isHeard ? revisionsMax : Math.min(UNHEARD_REVISIONS_MAX, revisionsMax);
  }

  push(batch: Batch): void {
    this.batches.push(batch);
    this.revisions += batch.count;
    this.bytes += batch.weight;
    while (this.revisions > this.revisionsMax || this.bytes > this.limits.bytesMax) this.dropOldest();
  }

  /** Forgets everything: the state was replaced as a whole. */
  reset(floor: number): void {
    this.batches = [];
    this.start = this.revisions = this.bytes = 0;
    this.floor = floor;
  }

  /** Whether every delta after `position` is still here. */
  reaches(position: number): boolean {
    return position >= this.floor;
  }

  /** The first batch with something after `position`, which must be within reach. */
  next(position: number): Batch | undefined {
    let low = this.start;
    let high = this.batches.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.batches[middle]!.last > position) high = middle;
      else low = middle + 1;
    }
    return this.batches[low];
  }

  private dropOldest(): void {
    const oldest = this.batches[this.start]!;
    this.batches[this.start++] = undefined as never;
    this.revisions -= oldest.count;
    this.bytes -= oldest.weight;
    this.floor = oldest.last;
    // Shifting the array for each batch would cost as much as the batch.
    if (this.start > 1024 && this.start * 2 > this.batches.length) {
      this.batches = this.batches.slice(this.start);
      this.start = 0;
    }
  }
}
