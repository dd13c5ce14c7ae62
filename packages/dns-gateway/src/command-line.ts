import { LOG_LEVELS, parseGoDuration, type LogLevel, type OptionSpec } from '@tribune/platform';
import { OptionsInvalid } from './options-validation';
import { dnsGatewayDefaults, dnsSettingsDefaults, type DnsGatewayOptions, type SoaSettings } from './options';

/** Flags of the gateway alone; each also `TRIBUNE_…` in the environment. The names are those of Consul's `dns_config`. */
export const commandLineSpecs = {
  'catalog-address': { help: 'host:port of the public gRPC API', default: '127.0.0.1:8502' },
  'dns-address': {
    help: 'host:port to listen at, UDP and TCP; several hosts by comma, one port',
    default: '127.0.0.1:8600',
  },
  'admin-address': { help: 'host:port of /healthz, /readyz and /metrics', default: '127.0.0.1:8601' },
  domain: { help: 'the domain served', default: dnsGatewayDefaults.domain },
  'alt-domain': { help: 'a second domain', default: '' },
  datacenter: { help: 'name of our datacenter', default: dnsGatewayDefaults.datacenter },
  'catalog-scope': {
    help: 'full: all names in memory; on-demand: only what is asked for',
    default: dnsGatewayDefaults.catalogScope,
  },
  'node-ttl': { help: 'TTL of answers about nodes, like 10s', default: '0s' },
  'service-ttl': { help: 'TTLs of services, like web=10s,api*=5s,*=1s', default: '' },
  'only-passing': { help: 'leave out instances in state warning', default: 'false' },
  'enable-truncate': { help: 'set TC when answers are left out', default: 'false' },
  'udp-answer-limit': { help: 'answers over UDP in 512 bytes', default: String(dnsSettingsDefaults.udpAnswerLimit) },
  'a-record-limit': { help: 'A, AAAA and ANY records of a service; 0: no limit', default: '0' },
  'disable-compression': { help: 'write every name in full', default: 'false' },
  'enable-additional-node-meta-txt': { help: 'TXT records of node metadata beside answers', default: 'true' },
  recursors: { help: 'servers for other names, host[:port] by comma', default: '' },
  'recursor-strategy': { help: 'sequential or random', default: dnsSettingsDefaults.recursorStrategy },
  'recursor-timeout': { help: 'patience with one recursor', default: '2s' },
  'soa-refresh': { help: 'seconds', default: String(dnsSettingsDefaults.soa.refresh) },
  'soa-retry': { help: 'seconds', default: String(dnsSettingsDefaults.soa.retry) },
  'soa-expire': { help: 'seconds', default: String(dnsSettingsDefaults.soa.expire) },
  'soa-min-ttl': { help: 'seconds a "no" may be kept', default: String(dnsSettingsDefaults.soa.minTtl) },
  'log-level': { help: LOG_LEVELS.join(', ') + '; debug logs queries', default: 'info' },
} satisfies Record<string, OptionSpec>;

export type Flags = Record<keyof typeof commandLineSpecs, string>;

export interface CommandLine {
  readonly gateway: DnsGatewayOptions;
  readonly admin: { readonly host: string; readonly port: number };
  readonly catalogAddress: string;
  readonly logLevel: LogLevel;
}

/** All problems at once, as {@link OptionsInvalid}. Ranges are the gateway's own business. */
export function readCommandLine(flags: Flags): CommandLine {
  const read = new FlagReader(flags);
  const dns = read.address('dns-address');
  const soa: SoaSettings = {
    refresh: read.number('soa-refresh'),
    retry: read.number('soa-retry'),
    expire: read.number('soa-expire'),
    minTtl: read.number('soa-min-ttl'),
  };
  const gateway: DnsGatewayOptions = {
    ...dnsGatewayDefaults,
    domain: flags.domain,
    altDomain: flags['alt-domain'],
    addresses: dns.host.split(',').map((host) => host.trim()),
    port: dns.port,
    datacenter: flags.datacenter,
    catalogScope: read.oneOf('catalog-scope', ['full', 'on-demand']),
    settings: {
      nodeTtl: Math.floor(read.seconds('node-ttl', flags['node-ttl'])),
      serviceTtl: read.serviceTtl('service-ttl'),
      onlyPassing: read.boolean('only-passing'),
      enableTruncate: read.boolean('enable-truncate'),
      udpAnswerLimit: read.number('udp-answer-limit'),
      aRecordLimit: read.number('a-record-limit'),
      disableCompression: read.boolean('disable-compression'),
      enableAdditionalNodeMetaTxt: read.boolean('enable-additional-node-meta-txt'),
      recursors: listOf(flags.recursors),
      recursorStrategy: read.oneOf('recursor-strategy', ['sequential', 'random']),
      recursorTimeoutMs: read.seconds('recursor-timeout', flags['recursor-timeout']) * 1000,
      soa,
    },
  };
  const admin = read.address('admin-address');
  const logLevel = read.oneOf('log-level', LOG_LEVELS);
  if (read.problems.length > 0) throw new OptionsInvalid(read.problems);
  return { gateway, admin, catalogAddress: flags['catalog-address'], logLevel };
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Reads values and gathers what is wrong with them. */
class FlagReader {
  readonly problems: string[] = [];

  constructor(private readonly flags: Flags) {}

  number(name: keyof Flags): number {
    const text = this.flags[name];
    if (/^\d+$/.test(text)) return Number(text);
    return this.refuse(name, text, 'a whole number', 0);
  }

  boolean(name: keyof Flags): boolean {
    return this.oneOf(name, ['true', 'false']) === 'true';
  }

  oneOf<T extends string>(name: keyof Flags, choices: readonly T[]): T {
    const text = this.flags[name];
    return (
      choices.find((choice) => choice === text) ?? this.refuse(name, text, `one of ${choices.join(', ')}`, choices[0]!)
    );
  }

  seconds(name: keyof Flags, text: string): number {
    const nanoseconds = parseGoDuration(text);
    if (nanoseconds !== undefined && nanoseconds >= 0) return nanoseconds / 1e9;
    return this.refuse(name, text, 'a duration like 10s', 0);
  }

  serviceTtl(name: keyof Flags): Record<string, number> {
    const pairs = listOf(this.flags[name]).map((pair): [string, number] => {
      const [service = '', ttl = ''] = pair.split('=');
      return [service, Math.floor(this.seconds(name, ttl))];
    });
    return Object.fromEntries(pairs);
  }

  address(name: keyof Flags): { host: string; port: number } {
    const text = this.flags[name];
    const match = /^(?:\[([^\]]+)\]|(.+)):(\d{1,5})$/.exec(text);
    if (!match) return this.refuse(name, text, 'host:port', { host: '', port: 0 });
    return { host: match[1] ?? match[2]!, port: Number(match[3]) };
  }

  private refuse<T>(name: keyof Flags, text: string, rule: string, instead: T): T {
    this.problems.push(`--${name}: ${JSON.stringify(text)} is not ${rule}`);
    return instead;
  }
}
