import { parseGoDuration } from '@tribune/platform';
import type { JsonValue } from '@tribune/protocol';
import { goDurationProblem } from './durations';
import { NumberLiteral, quoteGo, type ParsedJson, type ParsedObject } from './parse-json';

/** A member that does not fit. The first one is reported, as Go does; the rest of the body is read all the same. */
export class Decoding {
  firstProblem: string | undefined;
  private structName: string | undefined;
  private fields: readonly string[] = [];
  private frozen = 0;

  constructor(readonly isStrict: boolean) {}

  report(problem: string): void {
    this.firstProblem ??= problem;
  }

  misfit(value: ParsedJson, goType: string): void {
    this.report(`json: cannot unmarshal ${kindOf(value)} into ${this.place()} of type ${goType}`);
  }

  misfitNumber(literal: string, goType: string): void {
    this.report(`json: cannot unmarshal number ${literal} into ${this.place()} of type ${goType}`);
  }

  private place(): string {
    return this.structName === undefined ? 'Go value' : `Go struct field ${this.structName}.${this.fields.join('.')}`;
  }

  /** Reads a member of a struct: problems inside name the innermost struct and the whole path, as Go does. */
  within<T>(structName: string, field: string, read: () => T): T {
    if (this.frozen > 0) return read();
    const outer = [this.structName, this.fields] as const;
    this.structName = structName;
    this.fields = [...this.fields, field];
    const value = read();
    [this.structName, this.fields] = outer;
    return value;
  }

  /** Reads a type with an unmarshaller of its own: Go then names the place of the whole value, not of what is inside. */
  apart<T>(read: () => T): T {
    this.frozen++;
    const value = read();
    this.frozen--;
    return value;
  }
}

function kindOf(value: ParsedJson): string {
  if (value instanceof NumberLiteral) return 'number';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
}

/** How a JSON value becomes a member: a Go type, its zero, and its reading. */
export interface GoType<T> {
  readonly name: string;
  readonly zero: T;
  read(value: ParsedJson, decoding: Decoding): T;
}

function scalar<T>(name: string, zero: T, accept: (value: ParsedJson) => T | undefined): GoType<T> {
  return {
    name,
    zero,
    read(value, decoding) {
      if (value === null) return zero;
      const accepted = accept(value);
      if (accepted === undefined) decoding.misfit(value, name);
      return accepted ?? zero;
    },
  };
}

export const goString = scalar('string', '', (value) => (typeof value === 'string' ? value : undefined));
export const goBool = scalar('bool', false, (value) => (typeof value === 'boolean' ? value : undefined));
/** A string type with a name of its own, for error texts. */
export const named = (name: string): GoType<string> =>
  scalar(name, '', (value) => (typeof value === 'string' ? value : undefined));

function integer<T>(name: string, zero: T, min: bigint, max: bigint, from: (exact: bigint) => T): GoType<T> {
  return {
    name,
    zero,
    read(value, decoding) {
      if (value === null) return zero;
      if (!(value instanceof NumberLiteral)) {
        decoding.misfit(value, name);
        return zero;
      }
      const exact = /^-?[0-9]+$/.test(value.text) ? BigInt(value.text) : undefined;
      if (exact !== undefined && exact >= min && exact <= max) return from(exact);
      decoding.misfitNumber(value.text, name);
      return zero;
    },
  };
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;
/** Ports and weights: rounding above 2^53 changes nothing that means anything. */
export const goInt = integer('int', 0, INT64_MIN, INT64_MAX, Number);
export const goUint = integer('uint', 0, 0n, UINT64_MAX, Number);
export const goUint64 = integer('uint64', 0n, 0n, UINT64_MAX, (exact) => exact);

/** A float64; a number beyond its range is refused. */
export const goFloat: GoType<number> = {
  name: 'float64',
  zero: 0,
  read(value, decoding) {
    if (value === null) return 0;
    if (!(value instanceof NumberLiteral)) {
      decoding.misfit(value, 'float64');
      return 0;
    }
    const number = Number(value.text);
    if (!Number.isFinite(number)) decoding.misfitNumber(value.text, 'float64');
    return number;
  },
};

export function slice<T>(item: GoType<T>, name = `[]${item.name}`): GoType<readonly T[] | null> {
  return {
    name,
    zero: null,
    read(value, decoding) {
      if (value === null) return null;
      if (Array.isArray(value)) return value.map((one: ParsedJson) => item.read(one, decoding));
      decoding.misfit(value, name);
      return null;
    },
  };
}

export function mapOf<T>(item: GoType<T>): GoType<Readonly<Record<string, T>> | null> {
  const name = `map[string]${item.name}`;
  return {
    name,
    zero: null,
    read(value, decoding) {
      if (value === null) return null;
      if (isObject(value)) {
        return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, item.read(one, decoding)]));
      }
      decoding.misfit(value, name);
      return null;
    },
  };
}

/** `[]byte`: base64 text. */
export const goBytes: GoType<Buffer | null> = {
  name: '[]uint8',
  zero: null,
  read(value, decoding) {
    if (value === null) return null;
    if (typeof value !== 'string') {
      decoding.misfit(value, '[]uint8');
      return null;
    }
    const text = value.replace(/[\r\n]/g, '');
    const broken = brokenBase64(text);
    if (broken !== undefined) decoding.report(`illegal base64 data at input byte ${broken}`);
    return Buffer.from(text, 'base64');
  },
};

function brokenBase64(text: string): number | undefined {
  const body = text.replace(/={1,2}$/, '');
  const wrong = body.search(/[^A-Za-z0-9+/]/);
  if (wrong >= 0) return wrong;
  return text.length % 4 === 0 ? undefined : text.length - (text.length % 4);
}

/** What Consul's own unmarshallers take for a duration: text, or a number of nanoseconds. Other kinds are passed over. */
export const duration: GoType<number> = {
  name: 'time.Duration',
  zero: 0,
  read(value, decoding) {
    if (value instanceof NumberLiteral) return Math.trunc(Number(value.text));
    if (typeof value !== 'string' || value === '') return 0;
    const ns = parseGoDuration(value);
    if (ns === undefined) decoding.report(goDurationProblem(value));
    return ns ?? 0;
  },
};

/** `interface{}`: kept as it came, integers exact. */
export const anything: GoType<JsonValue> = { name: 'interface {}', zero: null, read: (value) => plain(value) };

function plain(value: ParsedJson): JsonValue {
  if (value instanceof NumberLiteral) {
    const number = Number(value.text);
    return Number.isSafeInteger(number) || !/^-?[0-9]+$/.test(value.text) ? number : BigInt(value.text);
  }
  if (Array.isArray(value)) return value.map((one: ParsedJson) => plain(one));
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
  return value as string | boolean | null;
}

type Members = Readonly<Record<string, GoType<unknown>>>;
export type Decoded<M extends Members> = { readonly [K in keyof M]: M[K] extends GoType<infer T> ? T : never };

export interface StructOptions {
  /** The name error texts give the whole type, when it is not `structs.<name>`. */
  readonly goName?: string;
  /** Has an unmarshaller of its own: see {@link Decoding.apart}. */
  readonly isApart?: boolean;
  /** Passes over unknown members even in a strict body. */
  readonly isLenient?: boolean;
  /** Other spellings of members (`service_name`), by their lower-case text. */
  readonly aliases?: Readonly<Record<string, string>>;
}

/** A struct: keys match without regard to case, the last of two equal ones wins, unknown ones are errors when strict. */
export function struct<M extends Members>(name: string, members: M, options: StructOptions = {}): GoType<Decoded<M>> {
  const goName = options.goName ?? `structs.${name}`;
  const byLower = new Map(Object.keys(members).map((key) => [key.toLowerCase(), key]));
  for (const [alias, key] of Object.entries(options.aliases ?? {})) byLower.set(alias, key);
  const zero = Object.fromEntries(Object.entries(members).map(([key, type]) => [key, type.zero])) as Decoded<M>;
  const readMembers = (value: ParsedObject, decoding: Decoding): Decoded<M> => {
    const out = { ...zero } as Record<string, unknown>;
    for (const [key, one] of Object.entries(value)) {
      const member = byLower.get(key.toLowerCase());
      if (member !== undefined) out[member] = decoding.within(name, member, () => members[member]!.read(one, decoding));
      else if (decoding.isStrict && !options.isLenient) decoding.report(`json: unknown field ${quoteGo(key)}`);
    }
    return out as Decoded<M>;
  };
  return {
    name: goName,
    zero,
    read(value, decoding) {
      if (value === null) return zero;
      if (!isObject(value)) {
        decoding.misfit(value, goName);
        return zero;
      }
      return options.isApart ? decoding.apart(() => readMembers(value, decoding)) : readMembers(value, decoding);
    },
  };
}

/** A pointer: null stays null. */
export function optional<T>(type: GoType<T>): GoType<T | null> {
  return {
    name: type.name,
    zero: null,
    read: (value, decoding) => (value === null ? null : type.read(value, decoding)),
  };
}

function isObject(value: ParsedJson): value is ParsedObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberLiteral);
}
