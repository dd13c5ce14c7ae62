import { createHash } from 'node:crypto';
import { ArchiveError } from './archive-error';

/**
 * The end of a snapshot file: an empty gzip member whose comment is the SHA-256 of all bytes before it. To gzip and tar
 * it is nothing; to us it says that no byte of the file changed, those included that a decompressor never looks at.
 */
export function sealOf(sha256: Buffer): Buffer {
  const comment = Buffer.from(`tribune snapshot sha256 ${sha256.toString('hex')}\0`, 'latin1');
  return Buffer.concat([HEAD, comment, EMPTY]);
}

/** RFC 1952: magic, deflate, a comment follows, no time, no hint, system unknown. */
const HEAD = Buffer.from([0x1f, 0x8b, 8, 0x10, 0, 0, 0, 0, 0, 0xff]);
/** An empty final block, the CRC-32 and length of nothing. */
const EMPTY = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
const SEAL_BYTES = sealOf(Buffer.alloc(32)).length;

export async function* sealed(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const piece of file) {
    hash.update(piece);
    yield piece;
  }
  yield sealOf(hash.digest());
}

/** The bytes before the seal. Throws at the end when they are not those that were sealed: use nothing before that. */
export async function* unsealed(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let held: Buffer = Buffer.alloc(0);
  for await (const piece of file) {
    const all = Buffer.concat([held, piece]);
    const ready = all.subarray(0, Math.max(0, all.length - SEAL_BYTES));
    held = all.subarray(ready.length);
    if (ready.length === 0) continue;
    hash.update(ready);
    yield ready;
  }
  if (!held.equals(sealOf(hash.digest())))
    throw new ArchiveError('the file is damaged or cut off: its checksum is not that of its bytes');
}
