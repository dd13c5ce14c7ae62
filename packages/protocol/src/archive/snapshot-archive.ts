import { createHash, type Hash } from 'node:crypto';
import { ArchiveError } from './archive-error';
import { ByteReader } from './byte-reader';
import { gunzipped, gzipped } from './gzip-stream';
import { sealed, unsealed } from './seal';
import { unframed } from './state-frames';
import { readTarHeader, TAR_END, tarHeader, tarPadding } from './tar';

/** `meta.json`, as Consul 1.8 writes it. */
export interface ArchiveMeta {
  readonly Version: number;
  readonly ID: string;
  readonly Index: number;
  readonly Term: number;
  readonly Peers: string;
  readonly Configuration: {
    readonly Servers: readonly { readonly Suffrage: number; readonly ID: string; readonly Address: string }[];
  };
  readonly ConfigurationIndex: number;
  /** Bytes of `state.bin`. */
  readonly Size: number;
}

/** `state.bin` with what must be known of it before its first byte is written. */
export interface ArchiveState {
  readonly size: number;
  readonly sha256: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

const META_BYTES_MAX = 1 << 20;
const NAMES = ['meta.json', 'state.bin', 'SHA256SUMS'] as const;

/** A snapshot file: a sealed gzip tar of `meta.json`, `state.bin` and `SHA256SUMS`, laid out as Consul's. */
export function writeArchive(meta: ArchiveMeta, state: ArchiveState, modifiedS: number): AsyncIterable<Uint8Array> {
  return sealed(gzipped(tarOf(Buffer.from(`${JSON.stringify(meta)}\n`), state, modifiedS)));
}

async function* tarOf(meta: Buffer, state: ArchiveState, modifiedS: number): AsyncGenerator<Uint8Array> {
  const sums = Buffer.from(sumsOf(sha256(meta), state.sha256));
  const whole = async function* (bytes: Buffer): AsyncGenerator<Uint8Array> {
    yield bytes;
  };
  yield* tarFile(NAMES[0], meta.length, modifiedS, whole(meta));
  yield* tarFile(NAMES[1], state.size, modifiedS, state.bytes);
  yield* tarFile(NAMES[2], sums.length, modifiedS, whole(sums));
  yield TAR_END;
}

async function* tarFile(
  name: string,
  size: number,
  modifiedS: number,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield tarHeader({ name, size, modifiedS });
  yield* bytes;
  yield tarPadding(size);
}

/**
 * Reads a snapshot file from its first byte to its last and gives each chunk of the state to `use`. Resolves with the
 * meta data only if every byte is what was written; until then nothing that `use` got may be believed.
 */
export async function readArchive(
  file: AsyncIterable<Uint8Array>,
  use: (chunk: Uint8Array) => void | Promise<void> = () => undefined,
): Promise<ArchiveMeta> {
  const reader = new ByteReader(gunzipped(unsealed(startingAsGzip(file))));
  try {
    return await readTar(reader, use);
  } catch (error) {
    if (!(error instanceof ArchiveError) || error.message.startsWith(NOT_GZIP)) throw error;
    throw new ArchiveError(`failed to read snapshot file: ${error.message}`, error);
  }
}

async function readTar(reader: ByteReader, use: (chunk: Uint8Array) => void | Promise<void>): Promise<ArchiveMeta> {
  const entry = await readTarHeader(reader, NAMES[0]);
  if (entry.size > META_BYTES_MAX) throw new ArchiveError(`meta.json has ${entry.size} bytes`);
  const text = await reader.take(entry.size);
  await skipPadding(reader, entry.size);
  const meta = metaOf(text);
  const state = await readTarHeader(reader, NAMES[1]);
  const hash = createHash('sha256');
  for await (const chunk of unframed(hashed(reader.stream(state.size), hash))) await use(chunk);
  await skipPadding(reader, state.size);
  const sums = await readTarHeader(reader, NAMES[2]);
  const expected = sumsOf(sha256(text), hash.digest('hex'));
  const isSame = sums.size === expected.length && (await reader.take(sums.size)).toString() === expected;
  if (!isSame || meta.Size !== state.size) throw new ArchiveError('a file does not have the checksum of SHA256SUMS');
  await skipPadding(reader, sums.size);
  // Reading to the end is what checks the seal.
  for await (const end of reader.rest()) if (end.some((byte) => byte !== 0)) throw new ArchiveError('a file too many');
  return meta;
}

function metaOf(text: Buffer): ArchiveMeta {
  try {
    const meta = JSON.parse(text.toString()) as ArchiveMeta;
    const numbers = [meta.Version, meta.Index, meta.Term, meta.Size];
    if (typeof meta.ID === 'string' && numbers.every((value) => Number.isSafeInteger(value) && value >= 0)) return meta;
  } catch (error) {
    throw new ArchiveError('failed to read snapshot metadata: it is not JSON', error);
  }
  throw new ArchiveError('failed to read snapshot metadata: a field is missing');
}

const NOT_GZIP = 'failed to decompress snapshot';

/** The most frequent mistake gets Consul's own sentence. */
async function* startingAsGzip(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let first = true;
  for await (const piece of file) {
    if (first && piece.length > 0 && piece[0] !== 0x1f) throw new ArchiveError(`${NOT_GZIP}: gzip: invalid header`);
    first &&= piece.length === 0;
    yield piece;
  }
  if (first) throw new ArchiveError(`${NOT_GZIP}: EOF`);
}

async function skipPadding(reader: ByteReader, size: number): Promise<void> {
  await reader.take(tarPadding(size).length);
}

async function* hashed(bytes: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    hash.update(piece);
    yield piece;
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const sumsOf = (meta: string, state: string): string => `${meta}  ${NAMES[0]}\n${state}  ${NAMES[1]}\n`;
