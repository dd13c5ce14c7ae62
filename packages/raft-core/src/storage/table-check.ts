/**
 * Checks LevelDB's table files before LevelDB reads them. LevelDB writes a checksum behind every block but, as it is
 * built into classic-level, never looks at it: a flipped byte is returned as data, or trips an assertion that ends the
 * process. Layout: leveldb/doc/table_format.md. Blocks of our tables are not compressed.
 *
 *   data blocks … · meta blocks … · index block · footer (48 bytes: two handles, padding, magic)
 *   block = contents · type u8 · masked crc32c u32, little-endian, over contents and type
 */
import { open, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32c } from './crc32c';

const FOOTER_BYTES = 48;
const TRAILER_BYTES = 5;
const MAGIC = Buffer.from('57fb808b247547db', 'hex');
const MASK_DELTA = 0xa282ead8;

interface BlockHandle {
  readonly offset: number;
  readonly size: number;
}

/** The first damaged table in a LevelDB folder, if there is one. */
export async function findDamagedTable(directory: string): Promise<string | undefined> {
  const names = await readdir(directory).catch(() => [] as string[]);
  for (const name of names.filter((name) => /\.(ldb|sst)$/.test(name))) {
    if (!(await isSound(join(directory, name)))) return name;
  }
  return undefined;
}

async function isSound(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size < FOOTER_BYTES) return false;
    const footer = await take(file, size - FOOTER_BYTES, FOOTER_BYTES);
    if (!footer.subarray(FOOTER_BYTES - MAGIC.byteLength).equals(MAGIC)) return false;
    const reader = new Reader(footer);
    const handles = [reader.handle(), reader.handle()];
    const index = await soundBlock(file, handles[1]!, size);
    const meta = await soundBlock(file, handles[0]!, size);
    if (!index || !meta) return false;
    for (const handle of handlesIn(index)) if (!(await soundBlock(file, handle, size))) return false;
    return true;
  } catch {
    // What cannot be parsed is damaged too.
    return false;
  } finally {
    await file.close();
  }
}

async function soundBlock(
  file: FileHandle,
  { offset, size }: BlockHandle,
  fileSize: number,
): Promise<Buffer | undefined> {
  if (offset + size + TRAILER_BYTES > fileSize - FOOTER_BYTES) return undefined;
  const block = await take(file, offset, size + TRAILER_BYTES);
  const stored = (block.readUInt32LE(size + 1) - MASK_DELTA) >>> 0;
  const unmasked = ((stored >>> 17) | (stored << 15)) >>> 0;
  return crc32c(block.subarray(0, size + 1)) === unmasked ? block.subarray(0, size) : undefined;
}

/** The values of an index block: one handle per data block. */
function* handlesIn(index: Buffer): Iterable<BlockHandle> {
  const restarts = index.readUInt32LE(index.byteLength - 4);
  const reader = new Reader(index.subarray(0, index.byteLength - 4 * (restarts + 1)));
  while (!reader.isAtEnd) {
    reader.varint();
    const keyBytes = reader.varint();
    reader.varint();
    reader.skip(keyBytes);
    yield reader.handle();
  }
}

class Reader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.byteLength;
  }

  skip(count: number): void {
    this.at += count;
  }

  handle(): BlockHandle {
    return { offset: this.varint(), size: this.varint() };
  }

  /** Sizes and offsets stay below 2^53: the multiplication is exact. */
  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.bytes.readUInt8(this.at++);
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }
}

async function take(file: FileHandle, offset: number, count: number): Promise<Buffer> {
  const bytes = Buffer.alloc(count);
  const { bytesRead } = await file.read(bytes, 0, count, offset);
  if (bytesRead < count) throw new RangeError('the file ends early');
  return bytes;
}
