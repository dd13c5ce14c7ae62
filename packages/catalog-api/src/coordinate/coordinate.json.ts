import type { Coordinate } from '@tribune/protocol';
import type { CoordinateRow } from '@tribune/state-store';
import { goFloat, goString, optional, slice, struct } from '../json/go-type';

const coord = struct(
  'Coordinate',
  { Vec: slice(goFloat), Error: goFloat, Adjustment: goFloat, Height: goFloat },
  { goName: 'coordinate.Coordinate' },
);

/** The body of `PUT /v1/coordinate/update`. */
export const coordinateRequest = struct('CoordinateUpdateRequest', {
  Datacenter: goString,
  Node: goString,
  Segment: goString,
  Coord: optional(coord),
  Token: goString,
});

export function coordinateRowJson(row: CoordinateRow): Record<string, unknown> {
  return { Node: row.node, Segment: row.segment, Coord: coordJson(row) };
}

export function coordJson({ vec, error, adjustment, height }: Coordinate): Record<string, unknown> {
  return { Vec: vec, Error: error, Adjustment: adjustment, Height: height };
}
