import type { Random } from '@tribune/platform';
import type { Coordinate } from '@tribune/protocol';
import { decodeAckPayload, encodeAckPayload } from './coordinate-codec';
import { Vivaldi } from './vivaldi';

/** Our own coordinate, learned from answered probes, and the ones that the others told with their acks. */
export class CoordinateBook {
  private readonly vivaldi: Vivaldi;
  private readonly others = new Map<string, Coordinate>();

  constructor(
    private readonly self: string,
    random: Random,
  ) {
    this.vivaldi = new Vivaldi(random);
  }

  get resets(): number {
    return this.vivaldi.resets;
  }

  get(node: string): Coordinate | undefined {
    return node === this.self ? this.vivaldi.coordinate : this.others.get(node);
  }

  ackPayload(): Uint8Array {
    return encodeAckPayload(this.vivaldi.coordinate);
  }

  probed(node: string, rttMs: number, payload: Uint8Array): void {
    const coordinate = decodeAckPayload(payload);
    if (coordinate && this.vivaldi.update(node, coordinate, rttMs / 1000)) this.others.set(node, coordinate);
  }

  forget(node: string): void {
    this.vivaldi.forget(node);
    this.others.delete(node);
  }
}
