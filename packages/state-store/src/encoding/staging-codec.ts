import { packVersioned, unpackVersioned } from './packer';

/** Where a restore stands: see {@link Staging}. */
export interface StagingMark {
  readonly id: string;
  readonly indexMax: number;
  readonly next: number;
}

/** In the place of a table's number; no table has it. */
const MARK = 255;
/** Version, then a MessagePack list of four that begins with {@link MARK}. A delta is a list of three. */
const HEAD = [1, 0x94, 0xcc, MARK];

/** A chunk of its own in a snapshot: the rows of the chunks after it are staged, not in use. */
export function encodeStagingMark({ id, indexMax, next }: StagingMark): Uint8Array {
  return packVersioned([MARK, id, indexMax, next]);
}

export function stagingMarkOf(chunk: Uint8Array): StagingMark | undefined {
  if (HEAD.some((byte, at) => chunk[at] !== byte)) return undefined;
  const [, id, indexMax, next] = unpackVersioned(chunk) as [number, string, number, number];
  return { id, indexMax, next };
}
