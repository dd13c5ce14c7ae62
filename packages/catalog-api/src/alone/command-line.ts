import {
  CodedError,
  LOG_LEVELS,
  optionsJsonSpec,
  withOptionsJson,
  type LogLevel,
  type OptionSpec,
} from '@tribune/platform';
import { catalogApiDefaults, type CatalogApiOptions, type HttpAddress } from '../options';

/** Settings of the front end when it runs alone; also as `TRIBUNE_<NAME>` in the environment. */
export const commandLineSpecs = {
  node: { help: 'name of the node that sessions belong to by default' },
  'node-id': { help: 'UUID of the node', default: '' },
  server: { help: 'true: the agent that this piece is part of is a server', default: 'false' },
  datacenter: { help: 'datacenter name', default: 'dc1' },
  'state-address': { help: 'host:port,host:port of the servers' },
  'membership-address': { help: 'host:port of the gossip piece' },
  'agent-address': { help: 'host:port of the health runner' },
  'control-address': {
    help: 'host:port of the agent that this piece is part of, which then reloads and leaves; empty: none',
    default: '',
  },
  'http-address': {
    help: 'host:port of the HTTP API; several by comma, unix:/path for a socket',
    default: '127.0.0.1:8500',
  },
  'grpc-address': { help: 'host:port of the public gRPC API', default: '127.0.0.1:8502' },
  'admin-address': { help: 'host:port of /healthz, /readyz and /metrics', default: '127.0.0.1:8503' },
  view: { help: 'all: everything at hand; on-demand: what is read', default: 'all' },
  'http-max-conns-per-client': { help: 'connections of one client address; 0: no limit', default: '200' },
  pretty: { help: 'true: indent every JSON answer', default: 'false' },
  'log-level': { help: LOG_LEVELS.join(', '), default: 'info' },
  options: optionsJsonSpec,
} satisfies Record<string, OptionSpec>;

export type Flags = Record<keyof typeof commandLineSpecs, string>;

export class CommandLineError extends CodedError<{ code: 'COMMAND_LINE_INVALID'; problems: readonly string[] }> {}

export interface CommandLine {
  readonly api: CatalogApiOptions;
  readonly servers: readonly string[];
  readonly admin: { readonly host: string; readonly port: number };
  readonly topics: 'all' | 'on-demand';
  readonly logLevel: LogLevel;
}

/** All problems at once. */
export function readCommandLine(flags: Flags): CommandLine {
  const problems: string[] = [];
  const oneOf = <T extends string>(name: keyof Flags, allowed: readonly T[]): T => {
    const value = flags[name] as T;
    if (!allowed.includes(value)) problems.push(`--${name}: ${value} is none of ${allowed.join(', ')}`);
    return value;
  };
  const address = (name: keyof Flags, text: string): { host: string; port: number } => {
    const match = /^(.+):([0-9]{1,5})$/.exec(text);
    if (!match || Number(match[2]) > 65_535) problems.push(`--${name}: ${text} is not host:port`);
    return { host: match?.[1]?.replace(/^\[|\]$/g, '') ?? '', port: Number(match?.[2] ?? 0) };
  };
  const listed = (name: keyof Flags): string[] => flags[name].split(',').map((part) => part.trim());
  const http = listed('http-address').map((text): HttpAddress =>
    text.startsWith('unix:') ? { path: text.slice('unix:'.length) } : address('http-address', text),
  );
  const connections = Number(flags['http-max-conns-per-client']);
  if (!Number.isSafeInteger(connections) || connections < 0) {
    problems.push(`--http-max-conns-per-client: ${flags['http-max-conns-per-client']} is not a number from 0 up`);
  }
  const servers = listed('state-address');
  for (const server of servers) address('state-address', server);
  const api: CatalogApiOptions = {
    ...catalogApiDefaults,
    limits: { ...catalogApiDefaults.limits, httpMaxConnsPerClient: connections },
    http,
    nodeName: flags.node,
    nodeId: flags['node-id'],
    datacenter: flags.datacenter,
    server: oneOf('server', ['true', 'false']) === 'true',
    dev: oneOf('pretty', ['true', 'false']) === 'true',
  };
  const line: CommandLine = {
    api: withOptionsJson(api, flags.options),
    servers,
    admin: address('admin-address', flags['admin-address']),
    topics: oneOf('view', ['all', 'on-demand']),
    logLevel: oneOf('log-level', LOG_LEVELS),
  };
  if (problems.length > 0) throw new CommandLineError({ code: 'COMMAND_LINE_INVALID', problems }, problems.join('\n'));
  return line;
}
