/** A Vivaldi coordinate; all in seconds. */
export interface Coordinate {
  readonly Vec: readonly number[];
  readonly Height: number;
  readonly Adjustment: number;
}

/** Estimated round trip time, as Serf computes it: a non-positive adjusted value counts as unadjusted. */
export function distanceMs(a: Coordinate, b: Coordinate): number {
  const squares = a.Vec.map((value, at) => (value - (b.Vec[at] ?? 0)) ** 2);
  const raw = Math.sqrt(squares.reduce((sum, one) => sum + one, 0)) + a.Height + b.Height;
  const adjusted = raw + a.Adjustment + b.Adjustment;
  return (adjusted > 0 ? adjusted : raw) * 1000;
}
