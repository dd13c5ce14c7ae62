import { Fields } from '../transport/codec/fields';
import { META_BYTES_MAX } from '../transport/codec/message-types';
import { MsgpackReader } from '../transport/codec/msgpack-reader';
import { MsgpackWriter } from '../transport/codec/msgpack-writer';
import { malformed } from '../transport/codec/wire-error';

/** In front of MessagePack tags; meta data without it is the bare role of agents before serf protocol 3. */
const MAGIC = 255;

export type Tags = Readonly<Record<string, string>>;

export function encodeTags(tags: Tags): Buffer {
  const entries = Object.entries(tags);
  const out = new MsgpackWriter().byte(MAGIC).map(entries.length);
  for (const [name, value] of entries) out.raw(name).raw(value);
  return out.finish();
}

/** Why these tags cannot be announced, or undefined. */
export function tagsProblem(tags: Tags): string | undefined {
  const { length } = encodeTags(tags);
  return length > META_BYTES_MAX ? `Encoded length of tags exceeds limit of ${META_BYTES_MAX} bytes` : undefined;
}

/** Tags that cannot be read count as none: the member is there all the same. */
export function decodeTags(meta: Uint8Array): Tags {
  const bytes = Buffer.from(meta.buffer, meta.byteOffset, meta.length);
  if (bytes[0] !== MAGIC) return { role: bytes.toString('utf8') };
  try {
    return readTags(bytes);
  } catch {
    return {};
  }
}

function readTags(bytes: Buffer): Tags {
  const value = new MsgpackReader(bytes, 1).read();
  if (!(value instanceof Map)) throw malformed('tags are not a map');
  const fields = new Fields(value);
  return Object.fromEntries([...value.keys()].map((name) => [name, fields.text(name)]));
}
