/** The network between numbered servers. What clients send does not pass through it. */
export interface Links {
  /** Where server `i` is to bind, what it is to advertise, and what stands before its command line. */
  place(i: number): Place;
  /** Drops silently what `from` sends to `to`, until healed. */
  cut(from: number, to: number): void;
  heal(): void;
  close(): Promise<void>;
}

export interface Place {
  readonly bind: string;
  readonly advertise: string;
  readonly prefix: readonly string[];
}

/** Cuts every link between the two sides, both ways. */
export function split(links: Links, side: readonly number[], other: readonly number[]): void {
  for (const a of side) {
    for (const b of other) {
      links.cut(a, b);
      links.cut(b, a);
    }
  }
}
