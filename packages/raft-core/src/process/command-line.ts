import {
  CodedError,
  LOG_LEVELS,
  optionsJsonSpec,
  withOptionsJson,
  type LogLevel,
  type OptionSpec,
} from '@tribune/platform';
import { autopilotDefaults, autopilotFromJson, type AutopilotSettings } from '../leader-duties/autopilot-settings';
import { validateServerOptions, type RaftServerOptions } from '../server/options';

/** Flags of a server alone; each also `TRIBUNE_…` in the environment. */
export const commandLineSpecs = {
  id: { help: 'UUID of this server; made and kept in the data folder when left out', default: '' },
  node: { help: 'node name, as gossip knows it' },
  datacenter: { help: 'name of the datacenter', default: 'dc1' },
  'rpc-address': { help: 'host:port to listen on for other servers and front ends', default: '127.0.0.1:8300' },
  'advertise-address': { help: 'host where others reach this server', default: '127.0.0.1' },
  'data-dir': { help: 'folder for log and snapshots; left out: a temporary one that goes at the end', default: '' },
  bootstrap: { help: 'true: found a new datacenter alone', default: 'false' },
  'bootstrap-expect': { help: 'found a new datacenter when this many servers have met', default: '0' },
  'raft-multiplier': { help: 'stretches all timings of consensus, 1 to 10', default: '1' },
  'read-leases': { help: 'true: the leader answers reads by lease; all servers must agree', default: 'false' },
  autopilot: { help: "the autopilot configuration of a new datacenter, as the HTTP API's JSON", default: '{}' },
  'membership-address': { help: 'host:port of membership.v1 (gossip)', default: '127.0.0.1:8311' },
  'admin-address': { help: 'host:port of /healthz, /readyz and /metrics', default: '127.0.0.1:8310' },
  'log-level': { help: LOG_LEVELS.join(', '), default: 'info' },
  options: optionsJsonSpec,
} satisfies Record<string, OptionSpec>;

export type Flags = Record<keyof typeof commandLineSpecs, string>;

export class CommandLineError extends CodedError<{ code: 'COMMAND_LINE_INVALID'; problems: readonly string[] }> {}

export interface CommandLine {
  /** Without the id, which may have to be read from the data folder. */
  readonly server: Omit<RaftServerOptions, 'id'>;
  readonly id: string;
  readonly membershipAddress: string;
  readonly admin: { readonly host: string; readonly port: number };
  readonly logLevel: LogLevel;
}

/** All problems at once, each naming its flag. */
export function readCommandLine(flags: Flags): CommandLine {
  const problems: string[] = [];
  const address = (flag: keyof Flags): { host: string; port: number } => {
    const match = /^(.+):(\d+)$/.exec(flags[flag]);
    if (!match) problems.push(`--${flag} is "${flags[flag]}", must be host:port`);
    return { host: match?.[1]?.replace(/^\[|\]$/g, '') ?? '', port: Number(match?.[2] ?? 0) };
  };
  const number = (flag: keyof Flags): number => {
    const value = Number(flags[flag]);
    if (flags[flag] === '' || Number.isNaN(value)) problems.push(`--${flag} is "${flags[flag]}", must be a number`);
    return value;
  };
  const autopilot = (): AutopilotSettings => {
    try {
      return autopilotFromJson(flags.autopilot, autopilotDefaults);
    } catch {
      problems.push(`--autopilot is ${JSON.stringify(flags.autopilot)}, must be JSON`);
      return autopilotDefaults;
    }
  };
  for (const flag of ['bootstrap', 'read-leases'] as const) {
    if (flags[flag] !== 'true' && flags[flag] !== 'false') {
      problems.push(`--${flag} is "${flags[flag]}", must be true or false`);
    }
  }
  const logLevel = LOG_LEVELS.find((level) => level === flags['log-level']);
  if (!logLevel) problems.push(`--log-level is "${flags['log-level']}", must be one of ${LOG_LEVELS.join(', ')}`);

  const admin = address('admin-address');
  address('membership-address');
  const flagged: Omit<RaftServerOptions, 'id'> = {
    nodeName: flags.node,
    datacenter: flags.datacenter,
    rpcAddress: flags['rpc-address'],
    advertiseAddress: flags['advertise-address'],
    dataDir: flags['data-dir'] || undefined,
    bootstrap: flags.bootstrap === 'true',
    bootstrapExpect: number('bootstrap-expect'),
    raftMultiplier: number('raft-multiplier'),
    raft: { readLeases: flags['read-leases'] === 'true' },
    autopilot: autopilot(),
  };
  const server = withOptionsJson(flagged, flags.options);
  if (problems.length === 0) problems.push(...validateServerOptions({ ...server, id: flags.id || 'to be made' }));
  if (problems.length > 0) throw new CommandLineError({ code: 'COMMAND_LINE_INVALID', problems }, problems.join('\n'));
  return { server, id: flags.id, membershipAddress: flags['membership-address'], admin, logLevel: logLevel! };
}
