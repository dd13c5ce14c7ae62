import { pipeline, Readable, type Duplex } from 'node:stream';
import { createGunzip, createGzip, constants } from 'node:zlib';
import { messageOf } from '@tribune/platform';
import { ArchiveError } from './archive-error';

/** On zlib's threads; the fastest level still halves keys and small values. */
export function gzipped(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return through(bytes, createGzip({ level: constants.Z_BEST_SPEED }));
}

export async function* gunzipped(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* through(bytes, createGunzip());
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    throw new ArchiveError(`failed to decompress snapshot: gzip: ${messageOf(error)}`, error);
  }
}

/** A failure of the source ends the stream, whose reader gets it thrown. */
function through(bytes: AsyncIterable<Uint8Array>, transform: Duplex): AsyncIterable<Uint8Array> {
  pipeline(Readable.from(bytes, { objectMode: true }), transform, () => undefined);
  return transform as AsyncIterable<Uint8Array>;
}
