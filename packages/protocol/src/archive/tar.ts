import { ArchiveError } from './archive-error';
import type { ByteReader } from './byte-reader';

/** One plain file in an archive. */
export interface TarEntry {
  readonly name: string;
  readonly size: number;
  /** Seconds since 1970. */
  readonly modifiedS: number;
}

const BLOCK = 512;
/** Of the twelve octal digits' field. */
const SIZE_MAX = 0o77777777777;

/** POSIX ustar, the few fields that a plain file of root needs. */
export function tarHeader({ name, size, modifiedS }: TarEntry): Buffer {
  if (size > SIZE_MAX) throw new ArchiveError(`${name} has ${size} bytes, an archive takes at most ${SIZE_MAX}`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number): void =>
    void block.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
  block.write(name, 0, 100, 'utf8');
  octal(0o600, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(modifiedS, 136, 11);
  block.write('0', 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  octal(0, 329, 7);
  octal(0, 337, 7);
  // The sum is taken with eight spaces in its own place.
  block.fill(' ', 148, 156);
  block.write(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
    'latin1',
  );
  return block;
}

/** What follows a file's bytes, up to a full block. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

export const TAR_END = Buffer.alloc(2 * BLOCK);

/** The next entry, which must be `name` and written as {@link tarHeader} writes it. */
export async function readTarHeader(reader: ByteReader, name: string): Promise<TarEntry> {
  const block = await reader.take(BLOCK);
  const octal = (at: number): number => parseInt(block.toString('latin1', at, at + 11), 8);
  const entry = { name, size: octal(124), modifiedS: octal(136) };
  if (!Number.isSafeInteger(entry.size) || !Number.isSafeInteger(entry.modifiedS) || !tarHeader(entry).equals(block))
    throw new ArchiveError(`${name} does not come where it must`);
  return entry;
}
