import { optionsJsonSpec, withOptionsJson, type OptionSpec } from '@tribune/platform';
import { GossipOptionsError, type GossipOptions } from './gossip-options';
import { PROFILES, type ProfileName } from './profiles';

/** Settings of the piece when it runs alone; also as `TRIBUNE_<NAME>` in the environment. */
export const commandLineSpecs = {
  name: { help: 'node name, unique in the LAN pool' },
  datacenter: { help: 'datacenter name', default: 'dc1' },
  bind: { help: 'IP address to listen at', default: '0.0.0.0' },
  advertise: { help: 'IP address that others reach this agent at', default: '' },
  'advertise-port': { help: 'port that others reach the LAN pool at; 0: lan-port', default: '0' },
  'lan-port': { help: 'UDP and TCP port of the LAN pool; 0: any', default: '8301' },
  'wan-port': { help: 'UDP and TCP port of the WAN pool; 0: any, empty: not in the WAN pool', default: '' },
  profile: { help: 'timing of the LAN pool: lan, brisk, wan or local', default: 'lan' },
  tags: { help: 'k=v,k=v', default: '' },
  'retry-join': { help: 'host:port,host:port of the LAN pool', default: '' },
  'retry-join-wan': { help: 'host:port,host:port of the WAN pool', default: '' },
  'retry-interval-ms': { help: 'ms between attempts to join', default: '30000' },
  encrypt: { help: 'base64 key of 16, 24 or 32 bytes', default: '' },
  'data-dir': { help: 'directory for the snapshot and the keyring; empty: nothing is kept', default: '' },
  'leave-on-stop': { help: 'true: say good-bye on SIGTERM; false: be found failed', default: 'true' },
  'grpc-address': { help: 'host:port of membership.v1', default: '127.0.0.1:8311' },
  'admin-address': { help: 'host:port of /healthz, /readyz and /metrics', default: '127.0.0.1:8312' },
  'log-level': { help: 'trace, debug, info, warn or error', default: 'info' },
  options: optionsJsonSpec,
} as const satisfies Record<string, OptionSpec>;

export type CommandLine = Record<keyof typeof commandLineSpecs, string>;

/** Throws GossipOptionsError with every flag that cannot be read. */
export function toGossipOptions(flags: CommandLine): GossipOptions {
  const problems = [...profileProblems(flags.profile), ...tagProblems(flags.tags), ...leaveProblems(flags)];
  if (problems.length > 0)
    throw new GossipOptionsError({ code: 'GOSSIP_OPTIONS_INVALID', problems }, problems.join('; '));
  const retryIntervalMs = Number(flags['retry-interval-ms']);
  const flagged: GossipOptions = {
    name: flags.name,
    datacenter: flags.datacenter,
    bindAddress: flags.bind,
    advertiseAddress: flags.advertise,
    tags: parseTags(flags.tags),
    lan: {
      port: Number(flags['lan-port']),
      ...(Number(flags['advertise-port']) > 0 && { advertisePort: Number(flags['advertise-port']) }),
      profile: flags.profile as ProfileName,
      retryJoin: list(flags['retry-join']),
      retryIntervalMs,
    },
    ...(flags['wan-port'] === ''
      ? {}
      : {
          wan: {
            port: Number(flags['wan-port']),
            profile: 'wan',
            retryJoin: list(flags['retry-join-wan']),
            retryIntervalMs,
          },
        }),
    ...(flags.encrypt === '' ? {} : { encryptKey: flags.encrypt }),
    ...(flags['data-dir'] === '' ? {} : { dataDir: flags['data-dir'] }),
  };
  return withOptionsJson(flagged, flags.options);
}

export function splitAddress(text: string): { host: string; port: number } {
  const at = text.lastIndexOf(':');
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) };
}

const list = (text: string): string[] => text.split(',').filter((item) => item !== '');

const parseTags = (text: string): Record<string, string> =>
  Object.fromEntries(list(text).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));

const profileProblems = (profile: string): string[] =>
  profile in PROFILES ? [] : [`--profile ${profile}: one of ${Object.keys(PROFILES).join(', ')}`];

const tagProblems = (tags: string): string[] =>
  list(tags)
    .filter((pair) => pair.indexOf('=') < 1)
    .map((pair) => `--tags ${pair}: not name=value`);

function leaveProblems(flags: CommandLine): string[] {
  const leave = flags['leave-on-stop'];
  const isBoolean = leave === 'true' || leave === 'false';
  const interval = Number(flags['retry-interval-ms']);
  return [
    ...(isBoolean ? [] : [`--leave-on-stop ${leave}: true or false`]),
    ...(interval > 0 ? [] : [`--retry-interval-ms ${flags['retry-interval-ms']}: a positive number`]),
  ];
}
