import type { Random } from '@tribune/platform';
import type { Coordinate } from '@tribune/protocol';

/**
 * Vivaldi with height vectors (Dabek et al. 2004; Ledlie et al. 2007, Lee et al. 2010 for filter, gravity and
 * adjustment): members place themselves in a space whose distances predict round trips. Units are seconds.
 */
export const DIMENSIONS = 8;
export const ERROR_MAX = 1.5;
export const HEIGHT_MIN_S = 10e-6;
/** Closer than this, two coordinates are on top of each other. */
const ZERO = 1e-6;

export const newCoordinate = (dimensions = DIMENSIONS): Coordinate => ({
  vec: Array.from({ length: dimensions }, () => 0),
  error: ERROR_MAX,
  adjustment: 0,
  height: HEIGHT_MIN_S,
});

export function isValidCoordinate(coordinate: Coordinate): boolean {
  const { vec, error, adjustment, height } = coordinate;
  return [...vec, error, adjustment, height].every(Number.isFinite);
}

/** Predicted round trip without the adjustment terms. */
export function rawDistanceS(a: Coordinate, b: Coordinate): number {
  return magnitude(difference(a.vec, b.vec)) + a.height + b.height;
}

/** Predicted round trip in seconds. Adjustments that would make it negative are left out. */
export function distanceS(a: Coordinate, b: Coordinate): number {
  const raw = rawDistanceS(a, b);
  const adjusted = raw + a.adjustment + b.adjustment;
  return adjusted > 0 ? adjusted : raw;
}

/** Moves `from` by `force` seconds away from `other` (towards it when negative). */
export function applyForce(from: Coordinate, force: number, other: Coordinate, random: Random): Coordinate {
  const { unit, length } = direction(from.vec, other.vec, random);
  const vec = from.vec.map((component, i) => component + unit[i]! * force);
  if (length <= ZERO) return { ...from, vec };
  const height = Math.max(((from.height + other.height) * force) / length + from.height, HEIGHT_MIN_S);
  return { ...from, vec, height };
}

/** Unit vector from `b` to `a`; a random one when they coincide, so that members that start together part. */
function direction(a: readonly number[], b: readonly number[], random: Random): { unit: number[]; length: number } {
  const between = difference(a, b);
  const length = magnitude(between);
  if (length > ZERO) return { unit: between.map((component) => component / length), length };
  const guess = a.map(() => random.next() - 0.5);
  const size = magnitude(guess);
  if (size > ZERO) return { unit: guess.map((component) => component / size), length: 0 };
  return { unit: a.map((_, i) => (i === 0 ? 1 : 0)), length: 0 };
}

const difference = (a: readonly number[], b: readonly number[]): number[] => a.map((component, i) => component - b[i]!);
const magnitude = (vec: readonly number[]): number =>
  Math.sqrt(vec.reduce((sum, component) => sum + component ** 2, 0));
