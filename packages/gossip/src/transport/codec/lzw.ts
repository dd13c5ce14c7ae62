import { malformed, overLimit } from './wire-error';

/**
 * LZW as Go's compress/lzw does it with least significant bits first and 8-bit literals (memberlist's only
 * compression): 256 clears the table, 257 ends the stream, codes grow from 9 to 12 bits.
 */
const CLEAR = 256;
const END = 257;
const FIRST_WIDTH = 9;
const WIDTH_MAX = 12;
const CODES_MAX = 1 << WIDTH_MAX;
const NONE = -1;

/** Refuses to grow beyond `bytesMax`: a few bytes can stand for gigabytes. */
export function decompressLzw(input: Uint8Array, bytesMax: number): Buffer {
  const out = new GrowingOutput(bytesMax);
  const prefix = new Int16Array(CODES_MAX);
  const suffix = new Uint8Array(CODES_MAX);
  const word = new Uint8Array(CODES_MAX);
  const bits = new BitReader(input);
  let width = FIRST_WIDTH;
  let highest = END;
  let last = NONE;
  for (;;) {
    const code = bits.read(width);
    if (code === END) return out.finish();
    if (code === CLEAR) {
      width = FIRST_WIDTH;
      highest = END;
      last = NONE;
      continue;
    }
    // A full table has its last entry defined although nothing precedes it.
    const isUndefined = code === highest && last === NONE && highest !== CODES_MAX - 1;
    if (code > highest || isUndefined) throw malformed('LZW code is not defined');
    const isNew = code === highest && last !== NONE;
    let start = CODES_MAX;
    let at = isNew ? last : code;
    if (isNew) start -= 1;
    while (at >= CLEAR) {
      word[--start] = suffix[at]!;
      at = prefix[at]!;
    }
    word[--start] = at;
    if (isNew) word[CODES_MAX - 1] = at;
    out.append(word.subarray(start));
    if (last !== NONE) {
      suffix[highest] = at;
      prefix[highest] = last;
    }
    last = code;
    highest += 1;
    if (highest < 1 << width) continue;
    if (width < WIDTH_MAX) {
      width += 1;
    } else {
      last = NONE;
      highest -= 1;
    }
  }
}

/** The counterpart. Only worth its cost for large state exchanges. */
export function compressLzw(input: Uint8Array): Buffer {
  const out = new BitWriter();
  let table = new Map<number, number>();
  let width = FIRST_WIDTH;
  let highest = END;
  out.write(CLEAR, width);
  let current = NONE;
  for (const byte of input) {
    if (current === NONE) {
      current = byte;
      continue;
    }
    const key = (current << 8) | byte;
    const known = table.get(key);
    if (known !== undefined) {
      current = known;
      continue;
    }
    out.write(current, width);
    current = byte;
    highest += 1;
    if (highest === CODES_MAX - 1) {
      out.write(CLEAR, width);
      table = new Map();
      width = FIRST_WIDTH;
      highest = END;
    } else {
      if (highest === 1 << width) width += 1;
      table.set(key, highest);
    }
  }
  if (current !== NONE) {
    out.write(current, width);
    highest += 1;
    if (highest === 1 << width && width < WIDTH_MAX) width += 1;
  }
  out.write(END, width);
  return out.finish();
}

class BitReader {
  private at = 0;
  private held = 0;
  private count = 0;

  constructor(private readonly input: Uint8Array) {}

  read(width: number): number {
    while (this.count < width) {
      if (this.at >= this.input.length) throw malformed('LZW stream is cut short');
      this.held |= this.input[this.at++]! << this.count;
      this.count += 8;
    }
    const code = this.held & ((1 << width) - 1);
    this.held >>>= width;
    this.count -= width;
    return code;
  }
}

class BitWriter {
  private readonly bytes: number[] = [];
  private held = 0;
  private count = 0;

  write(code: number, width: number): void {
    this.held |= code << this.count;
    this.count += width;
    while (this.count >= 8) {
      this.bytes.push(this.held & 0xff);
      this.held >>>= 8;
      this.count -= 8;
    }
  }

  finish(): Buffer {
    if (this.count > 0) this.bytes.push(this.held & 0xff);
    return Buffer.from(this.bytes);
  }
}

class GrowingOutput {
  private buffer = Buffer.allocUnsafe(4096);
  private length = 0;

  constructor(private readonly bytesMax: number) {}

  append(bytes: Uint8Array): void {
    const length = this.length + bytes.length;
    if (length > this.bytesMax) throw overLimit('decompressed message in bytes', this.bytesMax);
    if (length > this.buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, this.buffer.length * 2));
      this.buffer.copy(grown, 0, 0, this.length);
      this.buffer = grown;
    }
    this.buffer.set(bytes, this.length);
    this.length = length;
  }

  finish(): Buffer {
    return this.buffer.subarray(0, this.length);
  }
}
