import { commands, type Group } from './tree';

/** `tribune` without a command. */
export function mainHelp(): string {
  return `Usage: tribune [--version] [--help] <command> [<args>]\n\nAvailable commands are:\n${list(commands)}\n`;
}

export function groupHelp({ usage, about, commands: own }: Group): string {
  return `Usage: tribune ${usage}\n\n${about}\n\nSubcommands:\n${list(own)}`;
}

function list(table: Group['commands']): string {
  const names = Object.keys(table).sort();
  const width = Math.max(...names.map((name) => name.length));
  return names.map((name) => `    ${name.padEnd(width)}    ${table[name]!.synopsis}\n`).join('');
}
