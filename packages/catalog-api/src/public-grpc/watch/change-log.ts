/** One change of a watched subject: what appeared or changed, whole, and what is gone. */
export interface Change<Item, Key> {
  readonly revision: number;
  readonly upserts: readonly Item[];
  readonly removals: readonly Key[];
}

/**
 * The newest changes of a subject, bounded in number and bytes. Complete behind {@link floor}: who has seen that
 * revision misses nothing that is not here.
 */
export class ChangeLog<Item, Key> {
  private readonly changes: { readonly change: Change<Item, Key>; readonly bytes: number }[] = [];
  private bytes = 0;

  constructor(
    private readonly bounds: { readonly deltasMax: number; readonly deltaBytesMax: number },
    private readonly bytesOf: (item: Item) => number,
    public floor: number,
  ) {}

  /** The newest change's revision, or the floor. */
  get newest(): number {
    return this.changes.at(-1)?.change.revision ?? this.floor;
  }

  append(change: Change<Item, Key>): void {
    const bytes = change.upserts.reduce((sum, item) => sum + this.bytesOf(item), 64 * (1 + change.removals.length));
    this.changes.push({ change, bytes });
    this.bytes += bytes;
    while (this.changes.length > this.bounds.deltasMax || this.bytes > this.bounds.deltaBytesMax) {
      const oldest = this.changes.shift()!;
      this.bytes -= oldest.bytes;
      this.floor = oldest.change.revision;
    }
  }

  /** The changes after a revision, oldest first; undefined when some of them are gone. */
  since(revision: number): readonly Change<Item, Key>[] | undefined {
    if (revision < this.floor) return undefined;
    let from = this.changes.length;
    while (from > 0 && this.changes[from - 1]!.change.revision > revision) from--;
    return this.changes.slice(from).map(({ change }) => change);
  }
}
