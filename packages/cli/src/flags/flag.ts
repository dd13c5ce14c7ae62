/** Why a flag's text was refused; worded as Go's `flag` package does. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

/** One flag of a command: how it is documented and how its texts, in the order given, become a value. */
export interface Flag<T> {
  readonly help: string;
  /** Shown in the help as `-name=<placeholder>`; undefined for a switch, which needs no value. */
  readonly placeholder?: string;
  readonly initial: T;
  /** A switch may stand alone; `-name false` is then the flag and an argument, as in Go. */
  readonly isSwitch: boolean;
  /** Takes one occurrence into account. Throws the reason when the text is no value of this flag. */
  add(before: T, text: string): T;
}

export type FlagTable = Readonly<Record<string, Flag<never> | Flag<unknown>>>;
export type FlagValues<F> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never };

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/** Go's `strconv.ParseBool`. */
export function parseBool(text: string): boolean {
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  throw new Error(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

export const toggle = (help: string, initial = false): Flag<boolean> => ({
  help,
  initial,
  isSwitch: true,
  add: (_, text) => parseBool(text),
});

/** A switch that knows whether it was given. */
export const maybeToggle = (help: string, placeholder = 'true|false'): Flag<boolean | undefined> => ({
  help,
  placeholder,
  initial: undefined,
  isSwitch: true,
  add: (_, text) => parseBool(text),
});

export const text = (help: string, initial = '', placeholder = 'string'): Flag<string> => ({
  help,
  placeholder,
  initial,
  isSwitch: false,
  add: (_, given) => given,
});

export const texts = (help: string, placeholder = 'value'): Flag<readonly string[]> => ({
  help,
  placeholder,
  initial: [],
  isSwitch: false,
  add: (before, given) => [...before, given],
});

/** `key=value`, given any number of times. */
export const pairs = (help: string, placeholder = 'key=value'): Flag<ReadonlyMap<string, string>> => ({
  help,
  placeholder,
  initial: new Map(),
  isSwitch: false,
  add: (before, given) => {
    const at = given.indexOf('=');
    if (at < 0) throw new Error(`Missing "=" value in argument: ${given}`);
    return new Map([...before, [given.slice(0, at), given.slice(at + 1)]]);
  },
});

const INT_MAX = 2n ** 63n - 1n;
const UINT_MAX = 2n ** 64n - 1n;

export const int = (help: string, initial = 0): Flag<number> => ({
  help,
  placeholder: 'int',
  initial,
  isSwitch: false,
  add: (_, given) => Number(integer(given, -INT_MAX - 1n, INT_MAX)),
});

/** 64 bits, exact. */
export const uint = (help: string, placeholder = 'uint'): Flag<bigint> => ({
  help,
  placeholder,
  initial: 0n,
  isSwitch: false,
  add: (_, given) => integer(given, 0n, UINT_MAX),
});

export const maybeUint = (help: string, placeholder = 'value'): Flag<bigint | undefined> => ({
  help,
  placeholder,
  initial: undefined,
  isSwitch: false,
  add: (_, given) => integer(given, 0n, UINT_MAX),
});

/** A Go duration in nanoseconds; undefined when not given. */
export const duration = (help: string, placeholder = 'duration'): Flag<number | undefined> => ({
  help,
  placeholder,
  initial: undefined,
  isSwitch: false,
  add: (_, given) => {
    const { parseGoDuration } = require('@tribune/platform') as typeof import('@tribune/platform');
    const nanoseconds = parseGoDuration(given);
    if (nanoseconds === undefined) throw new Error(durationFault(given));
    return nanoseconds;
  },
});

const durationFault = (given: string): string =>
  /^[+-]?[\d.]+$/.test(given)
    ? `time: missing unit in duration ${JSON.stringify(given)}`
    : `time: invalid duration ${JSON.stringify(given)}`;

/** Go's `strconv.ParseInt(text, 0, 64)`: decimal, 0x, 0o and 0b. */
function integer(given: string, min: bigint, max: bigint): bigint {
  const match = /^([+-]?)(\d+|0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/.exec(given);
  if (!match || (match[1] !== '' && min === 0n)) throw new Error('parse error');
  const value = BigInt(match[2]!) * (match[1] === '-' ? -1n : 1n);
  if (value < min || value > max) throw new Error('value out of range');
  return value;
}
