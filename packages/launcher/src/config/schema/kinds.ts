import { formatGoDuration, parseGoDuration } from '@tribune/platform';
import type { PlainObject, PlainValue } from '../hcl/plain-tree';
import type { Leaf, Reading } from './field';

export interface LeafOptions {
  /** The command-line flag that sets this key. */
  readonly flag?: string;
  readonly help?: string;
}
interface Range {
  readonly min?: number;
  readonly max?: number;
}

const problem = <T>(text: string): Reading<T> => ({ problem: text });
const value = <T>(read: T): Reading<T> => ({ value: read });
/** How a wrong value is shown: short, and with the quotes that tell text from numbers. */
export function shown(raw: PlainValue): string {
  const text = JSON.stringify(raw);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

const expected = <T>(what: string, raw: PlainValue): Reading<T> => problem(`expected ${what}, got ${shown(raw)}`);
const SERVED = { kind: 'served' } as const;

function scalar<T>(
  expects: string,
  fallback: T,
  options: LeafOptions,
  readers: Pick<Leaf<T>, 'read' | 'readText'>,
): Leaf<T> {
  return { kind: 'leaf', expects, default: fallback, merge: 'replace', support: SERVED, ...readers, ...options };
}

export function bool(fallback: boolean, options: LeafOptions = {}): Leaf<boolean> {
  return scalar<boolean>('true or false', fallback, options, boolReaders);
}

/** For keys whose default depends on other keys. */
export function optionalBool(options: LeafOptions = {}): Leaf<boolean | undefined> {
  return scalar<boolean | undefined>('true or false', undefined, options, boolReaders);
}

const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const FALSE = ['0', 'f', 'F', 'false', 'FALSE', 'False'];
const boolReaders = {
  read: (raw: PlainValue): Reading<boolean> => (typeof raw === 'boolean' ? value(raw) : expected('true or false', raw)),
  readText: (text: string): Reading<boolean> =>
    TRUE.includes(text) ? value(true) : FALSE.includes(text) ? value(false) : expected('true or false', text),
};

export function int(fallback: number, range: Range = {}, options: LeafOptions = {}): Leaf<number> {
  const check = (raw: PlainValue): Reading<number> =>
    typeof raw === 'number' && Number.isSafeInteger(raw) ? inRange(raw, range) : expected('a whole number', raw);
  return scalar<number>('number', fallback, options, {
    read: check,
    readText: (text) => check(/^[+-]?\d+$/.test(text) ? Number(text) : text),
  });
}

/** -1 switches the listener off, as in Consul; 0 lets the system choose (tests, several agents on one machine). */
export const port = (fallback: number, options: LeafOptions = {}): Leaf<number> =>
  int(fallback, { min: -1, max: 65535 }, options);

export function float(fallback: number, range: Range = {}, options: LeafOptions = {}): Leaf<number> {
  return scalar<number>('number', fallback, options, {
    read: (raw) => (typeof raw === 'number' && Number.isFinite(raw) ? inRange(raw, range) : expected('a number', raw)),
  });
}

function inRange(number: number, { min = -Infinity, max = Infinity }: Range): Reading<number> {
  if (number < min) return problem(`must be at least ${min}, got ${number}`);
  return number > max ? problem(`must be at most ${max}, got ${number}`) : value(number);
}

export function text(
  fallback: string,
  options: LeafOptions = {},
  check?: (text: string) => string | undefined,
): Leaf<string> {
  const read = (raw: PlainValue): Reading<string> => {
    if (typeof raw !== 'string') return expected('text', raw);
    const wrong = check?.(raw);
    return wrong === undefined ? value(raw) : problem(`${wrong}, got ${shown(raw)}`);
  };
  return scalar<string>('text', fallback, options, { read, readText: read });
}

export const choice = (fallback: string, allowed: readonly string[], options: LeafOptions = {}): Leaf<string> =>
  text(fallback, options, (given) =>
    allowed.includes(given.toLowerCase())
      ? undefined
      : `must be one of ${allowed.map((one) => one || '""').join(', ')}`,
  );

/** A Go duration (`10s`, `1m30s`), kept in milliseconds. `min` and the default are Go durations too. */
export function duration(fallback: string, min = '0s', options: LeafOptions = {}): Leaf<number> {
  const leastMs = msOf(min);
  const read = (raw: PlainValue): Reading<number> => {
    const ms = typeof raw === 'string' ? msOf(raw) : undefined;
    if (ms === undefined) return expected('a duration such as "10s" or "1m30s"', raw);
    return ms < leastMs! ? problem(`must be at least ${min}, got ${formatGoDuration(ms * 1e6)}`) : value(ms);
  };
  return scalar<number>('duration', msOf(fallback)!, options, { read, readText: read });
}

function msOf(given: string): number | undefined {
  const ns = parseGoDuration(given);
  return ns === undefined ? undefined : ns / 1e6;
}

export function texts(
  options: LeafOptions = {},
  check?: (text: string) => string | undefined,
): Leaf<readonly string[]> {
  const read = (raw: PlainValue): Reading<readonly string[]> => {
    // Consul's decoder takes a single text for a list of one.
    const list = typeof raw === 'string' ? [raw] : raw;
    if (!Array.isArray(list) || !list.every((one): one is string => typeof one === 'string'))
      return expected('a list of texts', raw);
    const wrong = list.map((one) => ({ one, why: check?.(one) })).find(({ why }) => why !== undefined);
    return wrong ? problem(`${wrong.why}, got ${shown(wrong.one)}`) : value(list);
  };
  return {
    kind: 'leaf',
    expects: 'list of texts',
    default: [],
    merge: 'append',
    support: SERVED,
    read,
    readText: (one) => read([one]),
    ...options,
  };
}

export type TextMap = Readonly<Record<string, string>>;

export function textMap(options: LeafOptions = {}): Leaf<TextMap> {
  return {
    kind: 'leaf',
    expects: 'object of texts',
    default: {},
    merge: 'union',
    support: SERVED,
    read(raw) {
      if (!isObject(raw)) return expected('an object of texts', raw);
      const wrong = Object.entries(raw).find(([, one]) => typeof one !== 'string');
      return wrong ? problem(`${shown(wrong[0])}: expected text, got ${shown(wrong[1])}`) : value(raw as TextMap);
    },
    readText(given) {
      const colon = given.indexOf(':');
      return colon < 1 ? expected('key:value', given) : value({ [given.slice(0, colon)]: given.slice(colon + 1) });
    },
    ...options,
  };
}

/** Objects that another decoder reads (services, checks, watches), kept as they were given. A single object is a list of one. */
export function objects(): Leaf<readonly PlainObject[]> {
  return {
    kind: 'leaf',
    expects: 'list of objects',
    default: [],
    merge: 'append',
    support: SERVED,
    read(raw) {
      const list = isObject(raw) ? [raw] : raw;
      return Array.isArray(list) && list.every(isObject)
        ? value(list as readonly PlainObject[])
        : expected('a list of objects', raw);
    },
  };
}

/** A part of the configuration whose inside is of no interest here. */
export function opaque(): Leaf<PlainValue> {
  return {
    kind: 'leaf',
    expects: 'anything',
    default: null,
    merge: 'replace',
    support: SERVED,
    read: (raw) => value(raw),
  };
}

export const isObject = (raw: unknown): raw is PlainObject =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw);
