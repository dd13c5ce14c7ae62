import type { Clock } from '@tribune/platform';

export type Fetch<T> =
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'awaited'; readonly until: Promise<void> }
  /** Too many are on their way. */
  | { readonly kind: 'refused' };

type Entry<T> = { readonly value: T; readonly untilMs: number } | { readonly pending: Promise<void> };

/** The few things that are not in memory: fetched once for all who wait, then kept just long enough to answer them. */
export class Fetched<T> {
  private readonly entries = new Map<string, Entry<T>>();

  constructor(
    private readonly options: { readonly keepMs: number; readonly entriesMax: number },
    private readonly clock: Clock,
  ) {}

  /** `load` must not reject: a failure is a value, kept like the others. */
  get(key: string, load: () => Promise<T>): Fetch<T> {
    const entry = this.entries.get(key);
    if (entry && 'pending' in entry) return { kind: 'awaited', until: entry.pending };
    if (entry && entry.untilMs > this.clock.monotonicMs()) return { kind: 'known', value: entry.value };
    if (entry) this.entries.delete(key);
    if (this.entries.size >= this.options.entriesMax) this.dropOld();
    if (this.entries.size >= this.options.entriesMax) return { kind: 'refused' };
    const pending = load().then((value) => {
      this.entries.delete(key);
      this.entries.set(key, { value, untilMs: this.clock.monotonicMs() + this.options.keepMs });
    });
    this.entries.set(key, { pending });
    return { kind: 'awaited', until: pending };
  }

  private dropOld(): void {
    const now = this.clock.monotonicMs();
    for (const [key, entry] of this.entries)
      if (!('pending' in entry) && entry.untilMs <= now) this.entries.delete(key);
  }
}
