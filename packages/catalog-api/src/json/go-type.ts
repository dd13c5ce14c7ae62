import { quoteGo } from '@tribune/platform';
import { isObject, type Decoding, type GoType } from './decoding';
import type { ParsedJson, ParsedObject } from './parse-json';

export type { GoType } from './decoding';
export { anything, duration, goBool, goBytes, goFloat, goInt, goString, goUint, goUint64, named } from './go-scalars';

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
