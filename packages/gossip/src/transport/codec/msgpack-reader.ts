import { readHead, type Head } from './msgpack-head';
import { malformed } from './wire-error';

export type Value = null | boolean | number | bigint | Buffer | readonly Value[] | ReadonlyMap<string, Value>;

/** Nothing in these protocols nests deeper than 4. */
const DEPTH_MAX = 12;

/**
 * Reads MessagePack into plain values. Text stays bytes, because addresses and tags arrive as "raw" and are not UTF-8.
 * Integers beyond 2^53 become bigint. Costs memory in proportion to the bytes that are really there.
 */
export class MsgpackReader {
  constructor(
    private readonly bytes: Buffer,
    public offset = 0,
  ) {}

  read(depth = 0): Value {
    if (depth > DEPTH_MAX) throw malformed('MessagePack value nests too deep');
    const head = readHead(this.bytes, this.offset);
    if (!head || this.offset + head.headBytes + head.bodyBytes > this.bytes.length) {
      throw malformed('MessagePack value is cut short');
    }
    const at = this.offset;
    this.offset += head.headBytes + head.bodyBytes;
    switch (head.kind) {
      case 'array':
        return this.readArray(head.children, depth);
      case 'map':
        return this.readMap(head.children / 2, depth);
      default:
        return this.readScalar(head, at);
    }
  }

  private readScalar(head: Head, at: number): Value {
    const body = at + head.headBytes;
    switch (head.kind) {
      case 'nil':
        return null;
      case 'boolean':
        return this.bytes[at] === 0xc3;
      case 'float':
        return head.bodyBytes === 4 ? this.bytes.readFloatBE(body) : this.bytes.readDoubleBE(body);
      case 'unsigned':
        return this.readUnsigned(head, at);
      case 'signed':
        return this.readSigned(head, at);
      default:
        return this.bytes.subarray(body, body + head.bodyBytes);
    }
  }

  private readUnsigned({ headBytes, bodyBytes }: Head, at: number): number | bigint {
    if (bodyBytes === 0) return this.bytes[at]!;
    if (bodyBytes < 8) return this.bytes.readUIntBE(at + headBytes, bodyBytes);
    return narrow(this.bytes.readBigUInt64BE(at + headBytes));
  }

  private readSigned({ headBytes, bodyBytes }: Head, at: number): number | bigint {
    if (bodyBytes === 0) return this.bytes.readInt8(at);
    if (bodyBytes < 8) return this.bytes.readIntBE(at + headBytes, bodyBytes);
    return narrow(this.bytes.readBigInt64BE(at + headBytes));
  }

  private readArray(count: number, depth: number): Value[] {
    this.requireRoomFor(count);
    return Array.from({ length: count }, () => this.read(depth + 1));
  }

  private readMap(count: number, depth: number): Map<string, Value> {
    this.requireRoomFor(2 * count);
    const map = new Map<string, Value>();
    for (let i = 0; i < count; i++) {
      const key = this.read(depth + 1);
      if (!Buffer.isBuffer(key)) throw malformed('MessagePack map key is not text');
      map.set(key.toString('utf8'), this.read(depth + 1));
    }
    return map;
  }

  // Each value takes a byte at least, so a length that promises more than is left is a lie worth no allocation.
  private requireRoomFor(values: number): void {
    if (values > this.bytes.length - this.offset) throw malformed('MessagePack length exceeds its bytes');
  }
}

function narrow(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(value) : value;
}
