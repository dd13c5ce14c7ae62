const INITIAL_BYTES = 256;

/**
 * MessagePack as HashiCorp's go-msgpack writes it: text and bytes are both "raw" of the old specification (fixraw,
 * raw16, raw32; never str8 or bin), because Go agents of all versions read that. Integers take the shortest form.
 */
export class MsgpackWriter {
  private buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  private length = 0;

  /** A copy, independent of what is written next. */
  finish(): Buffer {
    return Buffer.from(this.buffer.subarray(0, this.length));
  }

  /** A bare byte between MessagePack values: the type byte of a message. */
  byte(value: number): this {
    this.reserve(1);
    this.buffer[this.length++] = value;
    return this;
  }

  /** Bytes without a header. */
  verbatim(bytes: Uint8Array): this {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
    return this;
  }

  nil(): this {
    return this.byte(0xc0);
  }

  flag(value: boolean): this {
    return this.byte(value ? 0xc3 : 0xc2);
  }

  /** A safe integer or, for 64-bit values, a bigint. */
  integer(value: number | bigint): this {
    if (typeof value === 'bigint') return value < 0n ? this.int64(value) : this.uint64(value);
    if (value < 0) return value >= -32 ? this.byte(value & 0xff) : this.int64(BigInt(value));
    if (value < 0x80) return this.byte(value);
    if (value < 0x100) return this.byte(0xcc).byte(value);
    if (value < 0x10000) return this.uint16(0xcd, value);
    if (value < 0x100000000) return this.uint32(0xce, value);
    return this.uint64(BigInt(value));
  }

  float(value: number): this {
    this.reserve(9);
    this.buffer[this.length] = 0xcb;
    this.buffer.writeDoubleBE(value, this.length + 1);
    this.length += 9;
    return this;
  }

  raw(value: string | Uint8Array): this {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
    if (bytes.length < 32) this.byte(0xa0 | bytes.length);
    else if (bytes.length < 0x10000) this.uint16(0xda, bytes.length);
    else this.uint32(0xdb, bytes.length);
    return this.verbatim(bytes);
  }

  /** Followed by `count` values. */
  array(count: number): this {
    if (count < 16) return this.byte(0x90 | count);
    return count < 0x10000 ? this.uint16(0xdc, count) : this.uint32(0xdd, count);
  }

  /** Followed by `count` pairs of key and value. */
  map(count: number): this {
    if (count < 16) return this.byte(0x80 | count);
    return count < 0x10000 ? this.uint16(0xde, count) : this.uint32(0xdf, count);
  }

  private uint16(code: number, value: number): this {
    return this.byte(code)
      .byte(value >> 8)
      .byte(value & 0xff);
  }

  private uint32(code: number, value: number): this {
    this.reserve(5);
    this.buffer[this.length] = code;
    this.buffer.writeUInt32BE(value, this.length + 1);
    this.length += 5;
    return this;
  }

  private uint64(value: bigint): this {
    this.reserve(9);
    this.buffer[this.length] = 0xcf;
    this.buffer.writeBigUInt64BE(value, this.length + 1);
    this.length += 9;
    return this;
  }

  private int64(value: bigint): this {
    this.reserve(9);
    this.buffer[this.length] = 0xd3;
    this.buffer.writeBigInt64BE(value, this.length + 1);
    this.length += 9;
    return this;
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + bytes));
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
  }
}
