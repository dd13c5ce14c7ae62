import { Packr, RESERVE_START_SPACE } from 'msgpackr';
import { CodedError } from '@tribune/platform';

/**
 * Bytes of this package: one version byte, then MessagePack values one after another. Lists stand for records (see the
 * field order in the codecs): shorter and faster than maps, and open at the end for new fields.
 * - bigint ⇄ 64-bit integers, exact; numbers stay numbers.
 * - `copyBuffers`: a value that was read owns its memory and never pins the network buffer or log block around it.
 */
const settings = { useRecords: false, mapsAsObjects: true, useBigIntExtension: true } as const;
const packer = new Packr({ ...settings, copyBuffers: true });
/** Values are views of the message: for codecs that make a copy of their own, see `ownedValue`. */
const viewer = new Packr({ ...settings, copyBuffers: false });

export const ENCODING_VERSION = 1;

export class EncodingError extends CodedError<{ readonly code: 'STATE_ENCODING'; readonly version?: number }> {}

/** A slice of a buffer shared with other encodings; nobody writes to it again. */
export function packVersioned(value: unknown): Uint8Array {
  const bytes = packer.pack(value, RESERVE_START_SPACE + 1);
  bytes[0] = ENCODING_VERSION;
  return bytes;
}

export function pack(value: unknown): Uint8Array {
  return packer.pack(value);
}

export function unpackVersioned(bytes: Uint8Array): unknown {
  checkVersion(bytes);
  return guarded(() => packer.unpack(bytes.subarray(1)));
}

/** Binary values are views of `bytes`: whoever keeps one makes it his own. */
export function viewVersioned(bytes: Uint8Array): unknown {
  checkVersion(bytes);
  return guarded(() => viewer.unpack(bytes.subarray(1)));
}

/** Calls `visit` for each value after the version byte. Binary values are views, as in {@link viewVersioned}. */
export function viewEach(bytes: Uint8Array, visit: (value: unknown) => void): void {
  checkVersion(bytes);
  if (bytes.length === 1) return;
  guarded(() => viewer.unpackMultiple(bytes.subarray(1), (value: unknown) => void visit(value)));
}

export function joinVersioned(parts: readonly Uint8Array[]): Uint8Array {
  let length = 1;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  joined[0] = ENCODING_VERSION;
  let at = 1;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function checkVersion(bytes: Uint8Array): void {
  const version = bytes[0];
  if (version === ENCODING_VERSION) return;
  throw new EncodingError(
    { code: 'STATE_ENCODING', version },
    `encoding version ${version} is not known to this program`,
  );
}

function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new EncodingError({ code: 'STATE_ENCODING' }, 'bytes are not a valid encoding', { cause });
  }
}
