import { isIP } from 'node:net';
import { CodedError, optionsJsonSpec, withOptionsJson, type OptionSpec } from '@tribune/platform';
import type { HealthRunnerOptions } from '../options';
import type { LoadedDefinitions } from './definition-files';

/** Settings of the piece when it runs alone; also as `TRIBUNE_<NAME>` in the environment. */
export const commandLineSpecs = {
  node: { help: 'node name, unique in the datacenter' },
  'node-id': { help: 'UUID of the node' },
  address: { help: 'address that others reach the node at' },
  datacenter: { help: 'datacenter name', default: 'dc1' },
  'tagged-addresses': { help: 'k=v,k=v; lan, wan and their families follow from --address', default: '' },
  'node-meta': { help: 'k=v,k=v', default: '' },
  'await-definitions': {
    help: 'true: another process reads the files; nothing is synced before its first reload',
    default: 'false',
  },
  'data-dir': { help: 'directory for registrations; empty: nothing is kept', default: '' },
  'config-dir': { help: 'directory of JSON files with service(s) and check(s); empty: none', default: '' },
  'state-address': { help: 'host:port,host:port of the servers' },
  'enable-script-checks': { help: 'true, local (files only) or false', default: 'false' },
  'check-update-interval-ms': { help: 'ms that a new output alone may wait', default: '300000' },
  'grpc-address': { help: 'host:port of agent.v1', default: '127.0.0.1:8321' },
  'admin-address': { help: 'host:port of /healthz, /readyz and /metrics', default: '127.0.0.1:8322' },
  'log-level': { help: 'trace, debug, info, warn or error', default: 'info' },
  options: optionsJsonSpec,
} as const satisfies Record<string, OptionSpec>;

export type CommandLine = Record<keyof typeof commandLineSpecs, string>;

export class CommandLineError extends CodedError<{ code: 'AGENT_OPTIONS_INVALID'; problems: readonly string[] }> {}

/** Throws CommandLineError with every flag that cannot be read. */
export function runnerOptionsOf(flags: CommandLine, { services, checks }: LoadedDefinitions): HealthRunnerOptions {
  const problems: string[] = [];
  const updateIntervalMs = Number(flags['check-update-interval-ms']);
  if (!(updateIntervalMs >= 0)) problems.push('--check-update-interval-ms is a number of milliseconds, 0 or more');
  const scripts = flags['enable-script-checks'];
  if (!['true', 'local', 'false'].includes(scripts)) problems.push('--enable-script-checks is true, local or false');
  for (const name of ['tagged-addresses', 'node-meta'] as const) {
    if (!listOf(flags[name]).every((pair) => /^[^=]+=/.test(pair))) problems.push(`--${name} is a list of k=v`);
  }
  if (!['true', 'false'].includes(flags['await-definitions'])) problems.push('--await-definitions is true or false');
  if (problems.length > 0) throw new CommandLineError({ code: 'AGENT_OPTIONS_INVALID', problems }, problems.join('\n'));
  const flagged: HealthRunnerOptions = {
    node: {
      id: flags['node-id'],
      node: flags.node,
      address: flags.address,
      datacenter: flags.datacenter,
      taggedAddresses: { ...ownAddresses(flags.address), ...pairsOf(flags['tagged-addresses']) },
      meta: pairsOf(flags['node-meta']),
    },
    awaitDefinitions: flags['await-definitions'] === 'true',
    ...(flags['data-dir'] === '' ? {} : { dataDir: flags['data-dir'] }),
    services,
    checks,
    enableScriptChecks: scripts === 'true',
    enableLocalScriptChecks: scripts !== 'false',
    checkUpdateIntervalNs: updateIntervalMs * 1e6,
  };
  return withOptionsJson(flagged, flags.options);
}

/** As Consul tags a node's addresses. */
function ownAddresses(address: string): Record<string, string> {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  return { lan: address, [`lan_${family}`]: address, wan: address, [`wan_${family}`]: address };
}

const pairsOf = (list: string): Record<string, string> =>
  Object.fromEntries(listOf(list).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));

/** The items between commas. */
export const listOf = (list: string): string[] =>
  list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

export function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}
