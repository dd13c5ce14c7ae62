import type { Flags } from '../config/load/flags';
import { parseFlags } from '../config/load/flags';
import { loadConfig } from '../config/load-config';
import { ConfigError, problemLine } from '../config/schema/problem';

const USAGE = `Usage: tribune validate [options] FILE_OR_DIRECTORY...

  Performs a thorough sanity test on Tribune configuration files. For each file
  or directory given, the validate command will attempt to parse the contents
  just as the "tribune agent" command would, and catch any errors.

  Returns 0 if the configuration is valid, or 1 if there are problems.

Command Options

  -config-format=<string>
     Config files are in this format irrespective of their extension.
     Must be 'hcl' or 'json'

  -quiet
     When given, a successful run will produce no output.
`;

/** `tribune validate`: the exit code. Reads what `agent` would read, and touches nothing else. */
export async function runValidate(argv: readonly string[]): Promise<number> {
  const quiet = argv.some((one) => /^--?quiet(=true)?$/.test(one));
  if (argv.some((one) => /^--?h(elp)?$/.test(one))) return say(process.stdout, USAGE, 0);
  const { flags, paths } = separate(argv.filter((one) => !/^--?quiet(=\w+)?$/.test(one)));
  if (paths.length === 0) return say(process.stderr, 'Must specify at least one config file or directory\n', 1);
  try {
    const { warnings } = loadConfig({ ...flags, paths });
    for (const warning of quiet ? [] : warnings) say(process.stderr, `${warning}\n`, 0);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const lines = error.detail.problems.map((problem) => `* ${problemLine(problem)}\n`).join('');
    return say(
      process.stderr,
      `Config validation failed: ${error.detail.problems.length} error(s) occurred:\n\n${lines}\n`,
      1,
    );
  }
  return quiet ? 0 : say(process.stdout, 'Configuration is valid!\n', 0);
}

/** What is not a flag is a path; of the agent's flags only `-config-format` means anything here. */
function separate(argv: readonly string[]): { readonly flags: Flags; readonly paths: readonly string[] } {
  const own: string[] = [];
  const paths: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const one = argv[i]!;
    if (/^--?config-format$/.test(one)) own.push(one, ...argv.slice(++i, i + 1));
    else if (one.startsWith('-') && one !== '-') own.push(one);
    else paths.push(one);
  }
  return { flags: parseFlags(own), paths };
}

function say(stream: NodeJS.WritableStream, text: string, code: number): number {
  stream.write(text);
  return code;
}
