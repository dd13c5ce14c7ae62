import type { Coordinate } from '@tribune/protocol';
import { Fields } from '../../transport/codec/fields';
import { MsgpackWriter } from '../../transport/codec/msgpack-writer';

/** Version byte of the ack payload (serf, ping_delegate.go). */
const PING_VERSION = 1;

export function encodeAckPayload({ vec, error, adjustment, height }: Coordinate): Buffer {
  const out = new MsgpackWriter().byte(PING_VERSION).map(4).raw('Vec').array(vec.length);
  for (const component of vec) out.float(component);
  return out.raw('Error').float(error).raw('Adjustment').float(adjustment).raw('Height').float(height).finish();
}

/** Undefined for an empty payload, another version or something that is no coordinate. */
export function decodeAckPayload(payload: Uint8Array): Coordinate | undefined {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  if (bytes[0] !== PING_VERSION) return undefined;
  try {
    const fields = Fields.parse(bytes, 1);
    const vec = fields.list('Vec');
    if (!vec.every((component) => typeof component === 'number')) return undefined;
    const [error, adjustment, height] = [fields.float('Error'), fields.float('Adjustment'), fields.float('Height')];
    return { vec: vec as number[], error, adjustment, height };
  } catch {
    return undefined;
  }
}
