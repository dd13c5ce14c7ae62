import { goDurationProblem, parseGoDuration } from '@tribune/platform';
import type { JsonValue } from '@tribune/protocol';
import { isObject, type GoType } from './decoding';
import { NumberLiteral, type ParsedJson } from './parse-json';

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
