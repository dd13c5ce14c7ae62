import { atOnce } from '../turns';
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

/** Bytes handled before a stepwise run gives others a turn: well under 5 ms. */
const BYTES_PER_STEP = 128 * 1024;

export const decompressLzw = (input: Uint8Array, bytesMax: number): Buffer => atOnce(decompressSteps(input, bytesMax));
export const compressLzw = (input: Uint8Array): Buffer => atOnce(compressSteps(input));

/** Refuses to grow beyond `bytesMax`: a few bytes can stand for gigabytes. */
export function* decompressSteps(input: Uint8Array, bytesMax: number): Generator<void, Buffer> {
  const out = new GrowingOutput(bytesMax);
  const prefix = new Int16Array(CODES_MAX);
  const suffix = new Uint8Array(CODES_MAX);
  const word = new Uint8Array(CODES_MAX);
  const bits = new BitReader(input);
  let width = FIRST_WIDTH;
  let highest = END;
  let last = NONE;
  for (let yieldAt = BYTES_PER_STEP; ;) {
    if (out.length >= yieldAt) {
      yieldAt += BYTES_PER_STEP;
      yield;
    }
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
export function* compressSteps(input: Uint8Array): Generator<void, Buffer> {
  const out = new BitWriter();
  const table = new CodeTable();
  let width = FIRST_WIDTH;
  let highest = END;
  let current = NONE;
  out.write(CLEAR, width);
  for (let i = 0; i < input.length; i++) {
    if (i % BYTES_PER_STEP === BYTES_PER_STEP - 1) yield;
    const byte = input[i]!;
    const known = current === NONE ? byte : table.get((current << 8) | byte);
    if (known !== NONE) {
      current = known;
      continue;
    }
    out.write(current, width);
    const key = (current << 8) | byte;
    current = byte;
    highest += 1;
    if (highest === CODES_MAX - 1) {
      out.write(CLEAR, width);
      table.clear();
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

/** (prefix code, byte) → code: open addressing in one array, because a Map costs most of the time. */
class CodeTable {
  private static readonly SLOTS = 1 << 14;
  private readonly keys = new Int32Array(CodeTable.SLOTS).fill(NONE);
  private readonly codes = new Int16Array(CodeTable.SLOTS);

  get(key: number): number {
    const slot = this.slotOf(key);
    return this.keys[slot] === key ? this.codes[slot]! : NONE;
  }

  set(key: number, code: number): void {
    const slot = this.slotOf(key);
    this.keys[slot] = key;
    this.codes[slot] = code;
  }

  clear(): void {
    this.keys.fill(NONE);
  }

  // At most 4096 of 16384 slots are taken, so a free one is always near.
  private slotOf(key: number): number {
    let slot = (key ^ (key >> 12)) & (CodeTable.SLOTS - 1);
    while (this.keys[slot] !== NONE && this.keys[slot] !== key) slot = (slot + 1) & (CodeTable.SLOTS - 1);
    return slot;
  }
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
  private bytes = Buffer.allocUnsafe(4096);
  private length = 0;
  private held = 0;
  private count = 0;

  write(code: number, width: number): void {
    this.held |= code << this.count;
    this.count += width;
    while (this.count >= 8) {
      this.push(this.held & 0xff);
      this.held >>>= 8;
      this.count -= 8;
    }
  }

  finish(): Buffer {
    if (this.count > 0) this.push(this.held & 0xff);
    return this.bytes.subarray(0, this.length);
  }

  private push(byte: number): void {
    if (this.length === this.bytes.length) this.bytes = Buffer.concat([this.bytes], this.bytes.length * 2);
    this.bytes[this.length++] = byte;
  }
}

class GrowingOutput {
  length = 0;
  private buffer = Buffer.allocUnsafe(4096);

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
