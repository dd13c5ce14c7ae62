import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Server } from '../core/message';
import { integer, invalid, positionFromWire, type WirePosition } from './message-wire';
import type { SnapshotHeader, SnapshotProgress } from './peer-transport';

export interface WireSnapshotHeader {
  from: string;
  to: string;
  term: string | number;
  position: WirePosition | null;
  voters: Server[];
  outgoing: Server[];
  learners: Server[];
  bytes: string | number;
  skipped?: number;
}

export interface WireSnapshotPart {
  part?: string;
  header?: WireSnapshotHeader;
  chunk?: { data: Uint8Array; crc32: number; number: number };
  end?: { bytes: string | number; chunks: number };
}

export interface WireSnapshotArrived {
  chunks: number;
  bytes: string | number;
  sha256: Uint8Array;
}

export function headerToWire({ from, to, term, meta, bytes, skipped }: SnapshotHeader): WireSnapshotHeader {
  const { index, configuration } = meta;
  const position = { index, term: meta.term };
  return { from, to, term, position, ...mutable(configuration), bytes, skipped: skipped?.chunks ?? 0 };
}

export function headerFromWire(wire: WireSnapshotHeader | undefined): SnapshotHeader {
  if (!wire) throw invalid('header', 'a snapshot begins with its header');
  const { from, to, term, position, voters, outgoing, learners, bytes } = wire;
  return {
    from,
    to,
    term: integer(term, 'header.term'),
    meta: { ...positionFromWire(position, 'header.position'), configuration: mutable({ voters, outgoing, learners }) },
    bytes: integer(bytes, 'header.bytes'),
  };
}

export function progressToWire(progress: SnapshotProgress | undefined): WireSnapshotArrived {
  return { chunks: 0, bytes: 0, sha256: Buffer.alloc(0), ...progress };
}

export function progressFromWire({ chunks, bytes, sha256 }: WireSnapshotArrived): SnapshotProgress | undefined {
  return chunks === 0 ? undefined : { chunks, bytes: integer(bytes, 'arrived.bytes'), sha256 };
}

/**
 * Header, checked chunks, end; without the chunks that `arrived` there, if they are the first of these. If they are not,
 * everything is sent.
 */
export async function* partsToWire(
  header: SnapshotHeader,
  chunks: AsyncIterable<Uint8Array>,
  arrived: SnapshotProgress | undefined,
): AsyncGenerator<WireSnapshotPart> {
  const skipped = arrived && (await beginsWith(chunks, arrived)) ? arrived : undefined;
  yield { header: headerToWire({ ...header, skipped }) };
  let count = 0;
  let bytes = 0;
  for await (const data of chunks) {
    count++;
    bytes += data.byteLength;
    if (count > (skipped?.chunks ?? 0)) yield { chunk: { data, crc32: crc32(data), number: count } };
  }
  yield { end: { bytes, chunks: count } };
}

async function beginsWith(chunks: AsyncIterable<Uint8Array>, arrived: SnapshotProgress): Promise<boolean> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    if (++count === arrived.chunks) return hash.digest().equals(arrived.sha256);
  }
  return false;
}

/**
 * The chunks behind a header. Ends only after an end that matches; anything else throws. A chunk that comes twice, or out
 * of its turn, is refused like a damaged one.
 */
export async function* chunksFromWire(
  parts: AsyncIterator<WireSnapshotPart>,
  skipped: Pick<SnapshotProgress, 'chunks' | 'bytes'> = { chunks: 0, bytes: 0 },
): AsyncGenerator<Uint8Array> {
  let { chunks: count, bytes } = skipped;
  for (;;) {
    const next = await parts.next();
    if (next.done) throw invalid('end', `the stream broke off after ${bytes} bytes`);
    const { chunk, end } = next.value;
    if (end) {
      if (integer(end.bytes, 'end.bytes') !== bytes || end.chunks !== count) throw invalid('end', 'chunks are missing');
      return;
    }
    if (!chunk) throw invalid('part', 'neither chunk nor end');
    if (crc32(chunk.data) !== chunk.crc32) throw invalid('chunk', `chunk ${count} was damaged on its way`);
    count++;
    if (chunk.number > 0 && chunk.number !== count)
      throw invalid('chunk', `chunk ${chunk.number} came in the place of chunk ${count}`);
    bytes += chunk.data.byteLength;
    yield chunk.data;
  }
}

const plain = ({ id, address }: Server): Server => ({ id, address });

function mutable(configuration: {
  voters: readonly Server[];
  outgoing: readonly Server[];
  learners: readonly Server[];
}): {
  voters: Server[];
  outgoing: Server[];
  learners: Server[];
} {
  const { voters, outgoing, learners } = configuration;
  return { voters: voters.map(plain), outgoing: outgoing.map(plain), learners: learners.map(plain) };
}
