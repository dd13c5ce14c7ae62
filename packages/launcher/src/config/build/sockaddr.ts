import { isIPv4 } from 'node:net';
import { isInNetwork, isPrivate, isPublic, type InterfaceAddress } from './interfaces';

type Rows = readonly InterfaceAddress[];
type Piped = Rows | string;

/**
 * Expands go-sockaddr templates: `{{ GetPrivateIP }}`, `{{ GetInterfaceIP "eth0" }}`,
 * `{{ GetAllInterfaces | include "network" "10.0.0.0/8" | attr "address" }}`. Throws a plain Error with the reason.
 */
export function expandTemplate(text: string, interfaces: Rows): string {
  return text.replace(/\{\{([\s\S]*?)\}\}/g, (_, pipeline: string) => {
    const result = evaluate(pipeline, interfaces);
    if (typeof result !== 'string')
      throw new Error(`template {{${pipeline}}} gives interfaces, not text: end it with | attr "address"`);
    return result;
  });
}

function evaluate(pipeline: string, interfaces: Rows): Piped {
  const [source, ...steps] = pipeline.split('|').map(wordsOf);
  return steps.reduce<Piped>(applyStep, applySource(source!, interfaces));
}

/** `GetInterfaceIP "eth0"` → the words, without quotes; backquotes as in Go. */
function wordsOf(step: string): readonly string[] {
  return [...step.matchAll(/"((?:[^"\\]|\\.)*)"|`([^`]*)`|(\S+)/g)].map(
    ([, quoted, raw, word]) => quoted ?? raw ?? word ?? '',
  );
}

const first = (rows: Rows): string => rows[0]?.address ?? '';
const every = (rows: Rows): string => rows.map((row) => row.address).join(' ');

function applySource([name = '', argument = '']: readonly string[], all: Rows): Piped {
  const named = all.filter((row) => row.name === argument);
  // Go's package orders IPv4 before IPv6, so that the first address of an interface is its IPv4 one.
  const v4First = (rows: Rows): Rows => [...rows].sort((a, b) => Number(isIPv4(b.address)) - Number(isIPv4(a.address)));
  switch (name) {
    case 'GetPrivateIP':
      return first(v4First(all.filter((row) => isPrivate(row.address))));
    case 'GetPrivateIPs':
      return every(all.filter((row) => isPrivate(row.address)));
    case 'GetPublicIP':
      return first(v4First(all.filter((row) => isPublic(row.address))));
    case 'GetPublicIPs':
      return every(all.filter((row) => isPublic(row.address)));
    case 'GetInterfaceIP':
      return first(v4First(named));
    case 'GetInterfaceIPs':
      return every(named);
    case 'GetAllInterfaces':
      return all;
    case 'GetPrivateInterfaces':
      return all.filter((row) => isPrivate(row.address));
    case 'GetPublicInterfaces':
      return all.filter((row) => isPublic(row.address));
    default:
      throw new Error(`unknown template function ${name || '(none)'}`);
  }
}

function applyStep(value: Piped, [name = '', ...words]: readonly string[]): Piped {
  if (typeof value === 'string') throw new Error(`template function ${name} needs interfaces to work on`);
  switch (name) {
    case 'include':
      return value.filter(selector(words));
    case 'exclude':
      return value.filter((row) => !selector(words)(row));
    case 'sort':
      return [...value].sort((a, b) => (words[0]?.startsWith('-') ? -1 : 1) * a.address.localeCompare(b.address));
    case 'limit':
      return value.slice(0, Number(words[0]));
    case 'offset':
      return value.slice(Number(words[0]));
    case 'attr':
      return attribute(value[0], words[0] ?? '');
    case 'join':
      return value.map((row) => attribute(row, words[0] ?? '')).join(words[1] ?? ' ');
    default:
      throw new Error(`unknown template function ${name || '(none)'}`);
  }
}

function selector([what = '', wanted = '']: readonly string[]): (row: InterfaceAddress) => boolean {
  switch (what) {
    case 'name':
      return (row) => new RegExp(wanted).test(row.name);
    case 'network':
      return (row) => isInNetwork(row.address, wanted);
    case 'address':
      return (row) => new RegExp(wanted).test(row.address);
    case 'type':
      return (row) => wanted.toLowerCase() === 'ip' || isIPv4(row.address) === (wanted.toLowerCase() === 'ipv4');
    case 'flags':
      return (row) => wanted.split('|').every((flag) => flag === 'up' || (flag === 'loopback' && row.isLoopback));
    default:
      throw new Error(`template: cannot select interfaces by ${JSON.stringify(what)}`);
  }
}

function attribute(row: InterfaceAddress | undefined, name: string): string {
  if (name !== 'address' && name !== 'name') throw new Error(`template: unknown attribute ${JSON.stringify(name)}`);
  return row?.[name] ?? '';
}
