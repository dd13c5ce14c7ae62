import type { HttpClient } from '../http/http-client';
import { clientFlags, serverFlags } from '../flags/http-flags';
import { flagSection } from '../flags/help';
import type { FlagTable, FlagValues } from '../flags/flag';
import type { Terminal } from '../terminal/terminal';

/** What a command gets to do its work. */
export interface Call<F> {
  readonly flags: FlagValues<F>;
  readonly args: readonly string[];
  readonly terminal: Terminal;
  /** The command's own help, for usage errors. */
  readonly help: string;
  /** Made on first use from the HTTP flags and the environment. */
  client(): HttpClient;
}

/** One leaf of the command tree; resolves with the exit code. */
export interface Command<F extends FlagTable = FlagTable> {
  /** After `Usage: tribune `. */
  readonly usage: string;
  /** Paragraphs indented by two spaces. */
  readonly about: string;
  /** Which of the shared HTTP flags it takes. */
  readonly api: 'none' | 'client' | 'server';
  readonly flags: F;
  run(call: Call<F>): Promise<number>;
}

/** Keeps the flag types of one command together, then forgets them. */
export function command<F extends FlagTable>(spec: Command<F>): Command {
  return spec as unknown as Command;
}

/** Every flag a command understands. */
export function flagsOf({ api, flags }: Command): FlagTable {
  return { ...httpFlagsOf(api), ...flags };
}

export function helpOf({ usage, about, api, flags }: Command): string {
  const sections = flagSection('HTTP API Options', httpFlagsOf(api)) + flagSection('Command Options', flags);
  return `Usage: tribune ${usage}\n\n${about}\n${sections}`;
}

const httpFlagsOf = (api: Command['api']): FlagTable =>
  api === 'none' ? {} : api === 'client' ? clientFlags : { ...clientFlags, ...serverFlags };
