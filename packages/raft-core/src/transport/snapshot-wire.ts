import { crc32 } from 'node:zlib';
import type { Server } from '../core/message';
import { integer, invalid, positionFromWire, type WirePosition } from './message-wire';
import type { SnapshotHeader } from './peer-transport';

export interface WireSnapshotPart {
  part?: string;
  header?: {
    from: string;
    to: string;
    term: string | number;
    position: WirePosition | null;
    voters: Server[];
    outgoing: Server[];
    learners: Server[];
    bytes: string | number;
  };
  chunk?: { data: Uint8Array; crc32: number };
  end?: { bytes: string | number; chunks: number };
}

export function headerToWire({ from, to, term, meta, bytes }: SnapshotHeader): WireSnapshotPart {
  const { index, configuration } = meta;
  return { header: { from, to, term, position: { index, term: meta.term }, ...mutable(configuration), bytes } };
}

export function headerFromWire(wire: WireSnapshotPart): SnapshotHeader {
  if (!wire.header) throw invalid('header', 'a snapshot begins with its header');
  const { from, to, term, position, voters, outgoing, learners, bytes } = wire.header;
  return {
    from,
    to,
    term: integer(term, 'header.term'),
    meta: { ...positionFromWire(position, 'header.position'), configuration: mutable({ voters, outgoing, learners }) },
    bytes: integer(bytes, 'header.bytes'),
  };
}

/** Header, checked chunks, end. */
export async function* partsToWire(
  header: SnapshotHeader,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<WireSnapshotPart> {
  yield headerToWire(header);
  let count = 0;
  let bytes = 0;
  for await (const data of chunks) {
    count++;
    bytes += data.byteLength;
    yield { chunk: { data, crc32: crc32(data) } };
  }
  yield { end: { bytes, chunks: count } };
}

/** The chunks behind a header. Ends only after an end that matches; anything else throws, so nothing half is kept. */
export async function* chunksFromWire(parts: AsyncIterator<WireSnapshotPart>): AsyncGenerator<Uint8Array> {
  let count = 0;
  let bytes = 0;
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
