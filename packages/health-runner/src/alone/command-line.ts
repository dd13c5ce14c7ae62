import { CodedError, type OptionSpec } from '@tribune/platform';
import type { HealthRunnerOptions } from '../options';
import type { LoadedDefinitions } from './definition-files';

/** Settings of the piece when it runs alone; also as `TRIBUNE_<NAME>` in the environment. */
export const commandLineSpecs = {
  node: { help: 'node name, unique in the datacenter' },
  'node-id': { help: 'UUID of the node' },
  address: { help: 'address that others reach the node at' },
  datacenter: { help: 'datacenter name', default: 'dc1' },
  'data-dir': { help: 'directory for registrations; empty: nothing is kept', default: '' },
  'config-dir': { help: 'directory of JSON files with service(s) and check(s); empty: none', default: '' },
  'state-address': { help: 'host:port,host:port of the servers' },
  'enable-script-checks': { help: 'true, local (files only) or false', default: 'false' },
  'check-update-interval-ms': { help: 'ms that a new output alone may wait', default: '300000' },
  'grpc-address': { help: 'host:port of agent.v1', default: '127.0.0.1:8321' },
  'admin-address': { help: 'host:port of /healthz, /readyz and /metrics', default: '127.0.0.1:8322' },
  'log-level': { help: 'trace, debug, info, warn or error', default: 'info' },
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
  if (problems.length > 0) throw new CommandLineError({ code: 'AGENT_OPTIONS_INVALID', problems }, problems.join('\n'));
  return {
    node: {
      id: flags['node-id'],
      node: flags.node,
      address: flags.address,
      datacenter: flags.datacenter,
      taggedAddresses: { lan: flags.address, wan: flags.address },
      meta: {},
    },
    ...(flags['data-dir'] === '' ? {} : { dataDir: flags['data-dir'] }),
    services,
    checks,
    enableScriptChecks: scripts === 'true',
    enableLocalScriptChecks: scripts !== 'false',
    checkUpdateIntervalNs: updateIntervalMs * 1e6,
  };
}

export const addressesOf = (list: string): string[] =>
  list
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');

export function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}
