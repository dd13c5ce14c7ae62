import { HEADER_BYTES, TYPE } from './codes';
import { labelOffsets, nameKey, type Name } from './name';
import type { ResourceRecord } from './record';

/**
 * Records of one answer are encoded once and put together per query in a new order, so a compression pointer may only
 * point at what does not move: the question. Pointers inside a group (an address record's owner at its SRV target) are
 * kept as patches, written when the group's place in the message is known.
 */
export interface EncodedRecords {
  readonly bytes: Buffer;
  readonly count: number;
  readonly patches: readonly PointerPatch[];
}

/** Write, at `at` of this block, a pointer to byte `to` of the answers of the same group. */
export interface PointerPatch {
  readonly at: number;
  readonly to: number;
}

/** Names of the question that others may point at. Empty when compression is off. */
export class QuestionNames {
  private readonly offsets = new Map<string, number>();

  constructor(question: Name, compress: boolean) {
    if (!compress) return;
    for (const offset of labelOffsets(question)) this.offsets.set(nameKey(question, offset), HEADER_BYTES + offset);
  }

  offsetOf(suffixKey: string): number | undefined {
    return this.offsets.get(suffixKey);
  }
}

/** Encodes the blocks of one group; a name may point at the question and at names in the group's answers. */
export class GroupEncoder {
  private readonly seen = new Map<string, number>();

  constructor(
    private readonly question: QuestionNames,
    /** Pointers between records of the group; without them every name that is not in the question stands in full. */
    private readonly pointInside: boolean,
  ) {}

  answers(records: readonly ResourceRecord[]): EncodedRecords {
    return this.encode(records, true);
  }

  additional(records: readonly ResourceRecord[]): EncodedRecords {
    return this.encode(records, false);
  }

  private encode(records: readonly ResourceRecord[], remember: boolean): EncodedRecords {
    const out = new Block(this.question, this.pointInside ? this.seen : undefined, remember);
    for (const record of records) out.record(record);
    return { bytes: out.finish(), count: records.length, patches: out.patches };
  }
}

class Block {
  readonly patches: PointerPatch[] = [];
  private bytes = Buffer.allocUnsafe(128);
  private length = 0;

  constructor(
    private readonly question: QuestionNames,
    private readonly seen: Map<string, number> | undefined,
    private readonly remember: boolean,
  ) {}

  finish(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.length));
  }

  record({ owner, ttl, data }: ResourceRecord): void {
    this.name(owner);
    this.u16(data.type);
    this.u16(1);
    this.u32(ttl);
    const lengthAt = this.length;
    this.u16(0);
    this.data(data);
    this.bytes.writeUInt16BE(this.length - lengthAt - 2, lengthAt);
  }

  private data(data: ResourceRecord['data']): void {
    switch (data.type) {
      case TYPE.A:
      case TYPE.AAAA:
        return this.raw(data.address);
      case TYPE.CNAME:
      case TYPE.NS:
      case TYPE.PTR:
        return this.name(data.target);
      case TYPE.SRV:
        this.u16(data.priority);
        this.u16(data.weight);
        this.u16(data.port);
        return this.wholeName(data.target);
      case TYPE.TXT:
        return this.text(data.text);
      case TYPE.SOA:
        this.name(data.server);
        this.name(data.mailbox);
        for (const value of [data.serial, data.refresh, data.retry, data.expire, data.minTtl]) this.u32(value);
    }
  }

  private name(name: Name): void {
    for (const offset of labelOffsets(name)) {
      const key = nameKey(name, offset);
      const inQuestion = this.question.offsetOf(key);
      if (inQuestion !== undefined) return this.u16(0xc000 | inQuestion);
      const inGroup = this.seen?.get(key);
      if (inGroup !== undefined) {
        this.patches.push({ at: this.length, to: inGroup });
        return this.u16(0xc000);
      }
      if (this.remember) this.seen?.set(key, this.length);
      this.raw(name.subarray(offset, offset + name[offset]! + 1));
    }
    this.raw(ROOT_BYTE);
  }

  /** RFC 2782 forbids compression of an SRV target, and c-ares (Node 24) refuses it. Others may point at it. */
  private wholeName(name: Name): void {
    for (const offset of labelOffsets(name)) {
      const key = nameKey(name, offset);
      if (this.remember && !this.seen?.has(key)) this.seen?.set(key, this.length);
      this.raw(name.subarray(offset, offset + name[offset]! + 1));
    }
    this.raw(ROOT_BYTE);
  }

  private text(text: string): void {
    const bytes = Buffer.from(text, 'utf8').subarray(0, TXT_BYTES_MAX);
    let at = 0;
    do {
      const part = bytes.subarray(at, at + 255);
      this.raw(Uint8Array.of(part.length));
      this.raw(part);
      at += 255;
    } while (at < bytes.length);
  }

  private u16(value: number): void {
    this.room(2);
    this.length = this.bytes.writeUInt16BE(value & 0xffff, this.length);
  }

  private u32(value: number): void {
    this.room(4);
    this.length = this.bytes.writeUInt32BE(value >>> 0, this.length);
  }

  private raw(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  private room(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + bytes));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}

const ROOT_BYTE = Uint8Array.of(0);
/** More would not fit a record's 16-bit length; Consul limits a node's metadata value to 512 bytes anyway. */
const TXT_BYTES_MAX = 16 * 1024;
