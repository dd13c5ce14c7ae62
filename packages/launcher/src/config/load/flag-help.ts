import { agentFields, leavesOf } from '../schema/agent-fields';

const SPECIAL: Readonly<Record<string, string>> = {
  'config-dir=<value>':
    "Path to a directory to read configuration files from. This will read every file ending in '.json' or '.hcl' in this directory in alphabetical order. Can be specified multiple times.",
  'config-file=<value>':
    'Path to a file in JSON or HCL format with a matching file extension. Can be specified multiple times.',
  'config-format=<string>': "Config files are in this format irrespective of their extension. Must be 'hcl' or 'json'",
  dev: 'Starts the agent in development mode.',
  'hcl=<value>': 'hcl config fragment. Can be specified multiple times.',
};

/** `tribune agent -h`, made from the same table that reads the flags. */
export function flagHelp(): string {
  const fromTable = leavesOf(agentFields)
    .filter(({ leaf }) => leaf.flag !== undefined && leaf.help !== undefined)
    .map(({ leaf }): [string, string] => [
      leaf.expects === 'true or false' ? leaf.flag! : `${leaf.flag}=<value>`,
      leaf.help! + defaultOf(leaf.default),
    ]);
  const flags = [...fromTable, ...Object.entries(SPECIAL)].sort(([a], [b]) => (a < b ? -1 : 1));
  return `Usage: tribune agent [options]

  Starts the Tribune agent and runs until an interrupt is received. The
  agent represents a single node in a cluster.

Command Options

${flags.map(([name, help]) => `  -${name}\n${wrap(help)}\n`).join('\n')}`;
}

function defaultOf(value: unknown): string {
  return (typeof value === 'string' && value !== '') || (typeof value === 'number' && value > 0)
    ? ` Default: ${value}.`
    : '';
}

function wrap(text: string): string {
  return (text.match(/.{1,67}(?:\s|$)/g) ?? []).map((line) => `     ${line.trimEnd()}`).join('\n');
}
