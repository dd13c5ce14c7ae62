import { commands, type Group, type Leaf } from './tree';

export type Found =
  | { readonly kind: 'version'; readonly leaf: Leaf }
  | { readonly kind: 'none'; readonly wantsHelp: boolean }
  | { readonly kind: 'group'; readonly group: Group; readonly path: readonly string[]; readonly wantsHelp: boolean }
  | {
      readonly kind: 'leaf';
      readonly leaf: Leaf;
      readonly wantsHelp: boolean;
      /** Flags stood before the command's words; Consul refuses that. */
      readonly flagsBefore: boolean;
      readonly rest: readonly string[];
    };

const HELP = new Set(['-h', '-help', '--help']);
const VERSION = new Set(['-v', '-version', '--version']);

/** Which command a command line names. `-h` counts anywhere before `--`, as in Consul. */
export function findCommand(argv: readonly string[]): Found {
  const stop = argv.indexOf('--');
  const wantsHelp = argv.slice(0, stop < 0 ? undefined : stop).some((word) => HELP.has(word));
  const words = wantsHelp ? argv.filter((word) => !HELP.has(word)) : argv;
  const first = words.findIndex((word) => !word.startsWith('-'));
  if (!wantsHelp && words.slice(0, first < 0 ? undefined : first).some((word) => VERSION.has(word)))
    return { kind: 'version', leaf: commands['version'] as Leaf };
  if (first < 0) return { kind: 'none', wantsHelp };
  return descend(words.slice(first), wantsHelp, first > 0);
}

function descend(words: readonly string[], wantsHelp: boolean, flagsBefore: boolean): Found {
  let at: Leaf | Group | undefined = own(commands, words[0]!);
  if (!at) return { kind: 'none', wantsHelp };
  const path = [words[0]!];
  while (at.kind === 'group') {
    const next: Leaf | Group | undefined = own(at.commands, words[path.length] ?? '');
    if (!next) return { kind: 'group', group: at, path, wantsHelp };
    path.push(words[path.length]!);
    at = next;
  }
  return { kind: 'leaf', leaf: at, wantsHelp, flagsBefore, rest: words.slice(path.length) };
}

const own = (table: Group['commands'], word: string): Leaf | Group | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;
