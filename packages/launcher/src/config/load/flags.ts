import { agentFields, leavesOf, type GivenAgent, type PathedLeaf } from '../schema/agent-fields';
import { refusalOf } from '../schema/decode';
import { combine } from '../schema/combine';
import type { Problem } from '../schema/problem';

/** What the command line says. */
export interface Flags {
  readonly isDev: boolean;
  /** `-config-file` and `-config-dir`, in the order given. */
  readonly paths: readonly string[];
  readonly format: string;
  readonly hcl: readonly string[];
  /** Lists go before the files (so that they come first), single values after them (so that they win), as in Consul. */
  readonly lists: GivenAgent;
  readonly values: GivenAgent;
  readonly wantsHelp: boolean;
  readonly problems: readonly Problem[];
}

const SPECIAL = ['dev', 'config-file', 'config-dir', 'config-format', 'hcl', 'h', 'help'] as const;
type SpecialFlag = (typeof SPECIAL)[number];
const SWITCHES: ReadonlySet<string> = new Set(['dev', 'h', 'help']);

interface Occurrence {
  readonly name: string;
  readonly text: string;
}

/** Reads `-flag value`, `-flag=value` and `-switch`, with one dash or two. Reports every problem. */
export function parseFlags(argv: readonly string[]): Flags {
  const byName = new Map(
    leavesOf(agentFields).flatMap((one) => (one.leaf.flag ? [[one.leaf.flag, one] as const] : [])),
  );
  const isSwitch = (name: string): boolean => SWITCHES.has(name) || byName.get(name)?.leaf.expects === 'true or false';
  const isKnown = (name: string): boolean => byName.has(name) || SPECIAL.includes(name as SpecialFlag);
  const { occurrences, problems } = split(argv, isKnown, isSwitch);
  const all = (name: SpecialFlag): string[] => occurrences.filter((one) => one.name === name).map((one) => one.text);
  const isOn = (name: SpecialFlag): boolean => all(name).at(-1) === 'true';
  const { lists, values } = readLeaves(occurrences, byName, problems);
  return {
    isDev: isOn('dev'),
    paths: occurrences.filter(({ name }) => name === 'config-file' || name === 'config-dir').map((one) => one.text),
    format: all('config-format').at(-1) ?? '',
    hcl: all('hcl'),
    lists,
    values,
    wantsHelp: isOn('h') || isOn('help'),
    problems,
  };
}

function split(argv: readonly string[], isKnown: (name: string) => boolean, isSwitch: (name: string) => boolean) {
  const occurrences: Occurrence[] = [];
  const problems: Problem[] = [];
  const extra: string[] = [];
  const fail = (source: string, message: string): void => void problems.push({ key: '', source, message });
  for (let i = 0; i < argv.length; i++) {
    const match = /^--?([^=-][^=]*)(?:=(.*))?$/s.exec(argv[i]!);
    const name = match?.[1] ?? '';
    if (!match) extra.push(argv[i]!);
    else if (!isKnown(name)) fail('error parsing flags', `flag provided but not defined: -${name}`);
    else if (match[2] !== undefined) occurrences.push({ name, text: match[2] });
    else if (isSwitch(name)) occurrences.push({ name, text: 'true' });
    else if (argv[i + 1] === undefined) fail('error parsing flags', `flag needs an argument: -${name}`);
    else occurrences.push({ name, text: argv[++i]! });
  }
  if (extra.length > 0)
    problems.unshift({ key: '', source: '', message: `Unexpected extra arguments: [${extra.join(' ')}]` });
  return { occurrences, problems };
}

function readLeaves(occurrences: readonly Occurrence[], byName: ReadonlyMap<string, PathedLeaf>, problems: Problem[]) {
  let lists: GivenAgent = {};
  let values: GivenAgent = {};
  for (const { name, text } of occurrences) {
    const pathed = byName.get(name);
    if (!pathed) continue;
    const reading = pathed.leaf.readText!(text);
    const message = 'problem' in reading ? reading.problem : refusalOf(pathed.leaf, reading.value);
    if (message !== undefined) problems.push({ key: pathed.path.join('.'), source: `-${name}`, message });
    else if ('value' in reading) {
      const tree = treeOf(pathed.path, reading.value);
      if (pathed.leaf.merge === 'append') lists = combine(lists, tree, agentFields);
      else values = combine(values, tree, agentFields);
    }
  }
  return { lists, values };
}

const treeOf = (path: readonly string[], value: unknown): GivenAgent =>
  [...path].reverse().reduce<unknown>((inner, key) => ({ [key]: inner }), value) as GivenAgent;
