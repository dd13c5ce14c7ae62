import { CodedError } from '../errors/coded-error';

/** One setting of a piece that runs alone: `--grpc-address` on the command line, `TRIBUNE_GRPC_ADDRESS` in the environment. */
export interface OptionSpec {
  readonly help: string;
  readonly default?: string;
}

export class OptionsError extends CodedError<{ code: 'OPTIONS_INVALID'; problems: readonly string[] }> {}

/**
 * Reads `--name value`, `--name=value` (one dash or two) and `TRIBUNE_NAME`, flags first. Unknown flags and missing
 * values are all reported at once. The only reader of `process.env` in a piece.
 */
export function readOptions<K extends string>(
  specs: Readonly<Record<K, OptionSpec>>,
  argv: readonly string[] = process.argv.slice(2),
  environment: NodeJS.ProcessEnv = process.env,
): Record<K, string> {
  const problems: string[] = [];
  const values = new Map<string, string>();
  for (let i = 0; i < argv.length; i++) {
    const match = /^--?([a-z][a-z0-9-]*)(?:=(.*))?$/s.exec(argv[i]!);
    if (!match || !(match[1]! in specs)) {
      problems.push(`unknown argument ${argv[i]}`);
    } else {
      const value = match[2] ?? argv[++i];
      if (value === undefined) problems.push(`--${match[1]} needs a value`);
      else values.set(match[1]!, value);
    }
  }
  const result = {} as Record<K, string>;
  for (const name of Object.keys(specs) as K[]) {
    const value = values.get(name) ?? environment[environmentName(name)] ?? specs[name].default;
    if (value === undefined) problems.push(`--${name} (or ${environmentName(name)}) is required: ${specs[name].help}`);
    else result[name] = value;
  }
  if (problems.length > 0) throw new OptionsError({ code: 'OPTIONS_INVALID', problems }, problems.join('\n'));
  return result;
}

export const environmentName = (name: string): string => `TRIBUNE_${name.toUpperCase().replaceAll('-', '_')}`;
