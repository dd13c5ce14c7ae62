import { reasonOf } from '../errors/reason';
import { FlagError, type Flag, type FlagTable, type FlagValues } from './flag';

export interface ParsedFlags<F> {
  readonly values: FlagValues<F>;
  readonly args: readonly string[];
}

/**
 * Reads a command line as Go's `flag` package does: one dash or two, `-name value` or `-name=value`, switches alone,
 * up to the first argument that is no flag or up to `--`.
 */
export function parseFlags<F extends FlagTable>(table: F, argv: readonly string[]): ParsedFlags<F> {
  const values: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(table)) values[name] = flag.initial;
  let at = 0;
  while (at < argv.length) {
    const word = argv[at]!;
    if (!word.startsWith('-') || word === '-') break;
    at++;
    if (word === '--') break;
    const { name, inline } = split(word);
    const flag = Object.hasOwn(table, name) ? (table[name] as Flag<unknown>) : undefined;
    if (!flag) throw new FlagError(`flag provided but not defined: -${name}`);
    const given = inline ?? (flag.isSwitch ? 'true' : argv[at++]);
    if (given === undefined) throw new FlagError(`flag needs an argument: -${name}`);
    values[name] = read(name, flag, values[name], given);
  }
  return { values: values as FlagValues<F>, args: argv.slice(at) };
}

function split(word: string): { readonly name: string; readonly inline?: string } {
  const body = word.replace(/^--?/, '');
  if (body === '' || body.startsWith('-') || body.startsWith('=')) throw new FlagError(`bad flag syntax: ${word}`);
  const at = body.indexOf('=');
  return at < 0 ? { name: body } : { name: body.slice(0, at), inline: body.slice(at + 1) };
}

function read(name: string, flag: Flag<unknown>, before: unknown, given: string): unknown {
  try {
    return flag.add(before, given);
  } catch (error) {
    const what = flag.isSwitch ? 'invalid boolean value' : 'invalid value';
    const where = flag.isSwitch ? `for -${name}` : `for flag -${name}`;
    throw new FlagError(`${what} ${JSON.stringify(given)} ${where}: ${reasonOf(error)}`);
  }
}
