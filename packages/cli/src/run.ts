import { reasonOf } from './errors/reason';
import { FlagError } from './flags/flag';
import { parseFlags } from './flags/parse-flags';
import { flagsOf, helpOf, type Command } from './commands/command';
import { Complaint } from './errors/complaint';
import { findCommand } from './commands/find-command';
import { groupHelp, mainHelp } from './commands/group-help';
import type { Leaf } from './commands/tree';
import type { Terminal } from './terminal/terminal';

const UNKNOWN_COMMAND = 127;

/** Runs one command line and gives its exit code. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const found = findCommand(argv);
  switch (found.kind) {
    case 'version':
      return runLeaf({ leaf: found.leaf, rest: [] }, terminal);
    case 'none':
      return say(terminal, mainHelp(), found.wantsHelp ? 0 : UNKNOWN_COMMAND);
    case 'group':
      return say(terminal, groupHelp(found.group), found.wantsHelp ? 0 : 1);
    case 'leaf':
      return runLeaf(found, terminal);
  }
}

/** Help that was asked for goes to standard output, help that was earned to standard error. */
function say(terminal: Terminal, help: string, code: number): number {
  if (code === 0) terminal.write(help);
  else terminal.complain(help.trimEnd());
  return code;
}

interface FoundLeaf {
  readonly leaf: Leaf;
  readonly wantsHelp?: boolean;
  readonly flagsBefore?: boolean;
  readonly rest: readonly string[];
}

async function runLeaf({ leaf, wantsHelp, flagsBefore, rest }: FoundLeaf, terminal: Terminal): Promise<number> {
  if (leaf.kind === 'delegated') return flagsBefore ? misplaced(terminal) : leaf.run(wantsHelp ? ['-h'] : rest);
  const command = leaf.load();
  const help = helpOf(command);
  if (wantsHelp) return say(terminal, help, 0);
  return flagsBefore ? misplaced(terminal, help) : runCommand(command, help, rest, terminal);
}

function misplaced(terminal: Terminal, help = ''): number {
  terminal.complain('Invalid flags before the subcommand. If these flags are for');
  terminal.complain('the subcommand, please put them after the subcommand.\n');
  return help === '' ? 1 : say(terminal, help, 1);
}

async function runCommand(command: Command, help: string, argv: readonly string[], terminal: Terminal) {
  try {
    const { values, args } = parseFlags(flagsOf(command), argv);
    const client = once(() => connect(values, terminal));
    return await command.run({ flags: values, args, terminal, help, client });
  } catch (error) {
    const showsHelp = error instanceof FlagError || (error instanceof Complaint && error.showsHelp);
    const message =
      error instanceof Complaint || error instanceof FlagError ? error.message : `Error: ${reasonOf(error)}`;
    terminal.complain(showsHelp ? `${message}\n\n${help.trimEnd()}` : message);
    return error instanceof Complaint ? error.exitCode : 1;
  }
}

/** Required here: commands that never talk to an agent start faster without HTTP. */
function connect(flags: Readonly<Record<string, unknown>>, terminal: Terminal) {
  const { HttpClient } = require('./http/http-client') as typeof import('./http/http-client');
  const { readSettings } = require('./http/settings') as typeof import('./http/settings');
  try {
    return new HttpClient(readSettings(flags, terminal.env));
  } catch (error) {
    throw new Complaint(`Error connecting to Consul agent: ${reasonOf(error)}`);
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
