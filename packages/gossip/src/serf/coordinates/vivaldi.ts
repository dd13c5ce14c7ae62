import type { Random } from '@tribune/platform';
import type { Coordinate } from '@tribune/protocol';
import {
  DIMENSIONS,
  ERROR_MAX,
  applyForce,
  distanceS,
  isValidCoordinate,
  newCoordinate,
  rawDistanceS,
} from './coordinate';

/** How far one observation moves confidence and position (c_e, c_c in the paper). */
const ERROR_GAIN = 0.25;
const POSITION_GAIN = 0.25;
/** Observations averaged into the adjustment term. */
const ADJUSTMENT_WINDOW = 20;
/** Round trips per peer of which the median counts. */
const LATENCY_SAMPLES = 3;
/** Pull to the origin: (distance / rho)², in seconds. Keeps the whole space from drifting. */
const GRAVITY_RHO_S = 150;
const RTT_MAX_S = 10;
const ZERO = 1e-6;

/** This member's own coordinate, and what it learned from. */
export class Vivaldi {
  private own: Coordinate;
  private readonly origin: Coordinate;
  private readonly adjustments = Array.from({ length: ADJUSTMENT_WINDOW }, () => 0);
  private adjustmentAt = 0;
  private readonly latencies = new Map<string, number[]>();
  private resetCount = 0;

  constructor(
    private readonly random: Random,
    private readonly dimensions = DIMENSIONS,
  ) {
    this.own = newCoordinate(dimensions);
    this.origin = newCoordinate(dimensions);
  }

  get coordinate(): Coordinate {
    return this.own;
  }

  /** Times the coordinate became invalid and began anew. */
  get resets(): number {
    return this.resetCount;
  }

  /** One observed round trip to `node`. False when the observation is unusable. */
  update(node: string, other: Coordinate, rttS: number): boolean {
    if (other.vec.length !== this.dimensions || !isValidCoordinate(other)) return false;
    if (!(rttS >= 0 && rttS <= RTT_MAX_S)) return false;
    const filteredS = this.filter(node, rttS);
    this.move(other, filteredS);
    this.adjust(other, filteredS);
    this.gravitate();
    if (!isValidCoordinate(this.own)) {
      this.resetCount += 1;
      this.own = newCoordinate(this.dimensions);
    }
    return true;
  }

  forget(node: string): void {
    this.latencies.delete(node);
  }

  private filter(node: string, rttS: number): number {
    const samples = [...(this.latencies.get(node) ?? []), rttS].slice(-LATENCY_SAMPLES);
    this.latencies.set(node, samples);
    return [...samples].sort((a, b) => a - b)[Math.floor(samples.length / 2)]!;
  }

  private move(other: Coordinate, rttS: number): void {
    const distance = distanceS(this.own, other);
    const rtt = Math.max(rttS, ZERO);
    const wrongness = Math.abs(distance - rtt) / rtt;
    const weight = this.own.error / Math.max(this.own.error + other.error, ZERO);
    const error = ERROR_GAIN * weight * wrongness + this.own.error * (1 - ERROR_GAIN * weight);
    const force = POSITION_GAIN * weight * (rtt - distance);
    this.own = applyForce({ ...this.own, error: Math.min(error, ERROR_MAX) }, force, other, this.random);
  }

  private adjust(other: Coordinate, rttS: number): void {
    this.adjustments[this.adjustmentAt] = rttS - rawDistanceS(this.own, other);
    this.adjustmentAt = (this.adjustmentAt + 1) % ADJUSTMENT_WINDOW;
    const sum = this.adjustments.reduce((total, sample) => total + sample, 0);
    this.own = { ...this.own, adjustment: sum / (2 * ADJUSTMENT_WINDOW) };
  }

  private gravitate(): void {
    const distance = distanceS(this.origin, this.own);
    this.own = applyForce(this.own, -((distance / GRAVITY_RHO_S) ** 2), this.origin, this.random);
  }
}
