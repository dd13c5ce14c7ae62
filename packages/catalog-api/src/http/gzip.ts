import { constants, gzip, gzipSync } from 'node:zlib';

const FASTEST = { level: constants.Z_BEST_SPEED };
/** Above this many bytes the work leaves the event loop; below it the detour costs more than the work (about 0.1 ms). */
const SYNC_BYTES_MAX = 16_384;

export function compress(bytes: Buffer | string): Buffer | Promise<Buffer> {
  return bytes.length <= SYNC_BYTES_MAX ? gzipSync(bytes, FASTEST) : compressOffLoop(bytes);
}

/** Whether `Accept-Encoding` names gzip with a weight above zero. */
export function acceptsGzip(header: string | undefined): boolean {
  if (header === undefined || !/gzip/i.test(header)) return false;
  for (const offer of header.split(',')) {
    const [coding, ...parameters] = offer.trim().split(/\s*;\s*/);
    if (coding?.toLowerCase() === 'gzip') return !parameters.some((parameter) => /^q=0(\.0{0,3})?$/.test(parameter));
  }
  return false;
}

function compressOffLoop(bytes: Buffer | string): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    gzip(bytes, FASTEST, (error, packed) => (error ? reject(error) : resolve(packed))),
  );
}
