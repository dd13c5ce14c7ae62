import { MsgpackReader, type Value } from './msgpack-reader';
import { malformed } from './wire-error';

const NOTHING = Buffer.alloc(0);

/** A decoded struct. As in Go, an absent or nil field is the zero value; a field of another type is an error. */
export class Fields {
  constructor(private readonly map: ReadonlyMap<string, Value>) {}

  static of(value: Value): Fields {
    if (!(value instanceof Map)) throw malformed('expected a MessagePack map');
    return new Fields(value);
  }

  /** The struct at `offset`; what follows it is ignored. */
  static parse(bytes: Buffer, offset = 0): Fields {
    return Fields.of(new MsgpackReader(bytes, offset).read());
  }

  bytes(name: string): Buffer {
    const value = this.map.get(name) ?? NOTHING;
    if (!Buffer.isBuffer(value)) throw wrongType(name, 'bytes');
    return value;
  }

  text(name: string): string {
    return this.bytes(name).toString('utf8');
  }

  /** An integer in [0, max]. */
  unsigned(name: string, max: number): number {
    const value = this.map.get(name) ?? 0;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > max) {
      throw wrongType(name, `an integer from 0 to ${max}`);
    }
    return value;
  }

  /** Go writes whole floats as floats, but other encoders need not. */
  float(name: string): number {
    const value = this.map.get(name) ?? 0;
    if (typeof value !== 'number') throw wrongType(name, 'a number');
    return value;
  }

  flag(name: string): boolean {
    const value = this.map.get(name) ?? false;
    if (typeof value !== 'boolean') throw wrongType(name, 'a boolean');
    return value;
  }

  list(name: string): readonly Value[] {
    const value = this.map.get(name) ?? [];
    if (!Array.isArray(value)) throw wrongType(name, 'a list');
    return value;
  }

  entries(name: string): ReadonlyMap<string, Value> {
    const value = this.map.get(name) ?? new Map<string, Value>();
    if (!(value instanceof Map)) throw wrongType(name, 'a map');
    return value;
  }
}

export const UINT8_MAX = 0xff;
export const UINT16_MAX = 0xffff;
export const UINT32_MAX = 0xffffffff;

const wrongType = (name: string, wanted: string): Error => malformed(`field ${name} is not ${wanted}`);
