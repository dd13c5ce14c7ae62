import { dnsBoundsDefaults, type DnsGatewayOptions, type DnsSettings } from '@tribune/dns-gateway';
import type { AgentConfig, HostPort } from '../../config/agent-config';

const seconds = (ms: number): number => Math.floor(ms / 1000);
const printed = ({ host, port }: HostPort): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;
const withoutDot = (domain: string): string => domain.replace(/\.$/, '').toLowerCase();

export function dnsOptionsOf(config: AgentConfig): DnsGatewayOptions {
  return {
    domain: withoutDot(config.dnsDomain),
    altDomain: withoutDot(config.dnsAltDomain),
    addresses: config.dns.map(({ host }) => host),
    port: config.dns[0]?.port ?? 0,
    datacenter: config.datacenter,
    // A client agent must not hold the whole catalog for DNS alone.
    catalogScope: config.mode === 'server' ? 'full' : 'on-demand',
    settings: dnsSettingsOf(config),
    bounds: dnsBoundsDefaults,
  };
}

/** What a reload may change. */
export function dnsSettingsOf({ dnsConfig, dnsServiceTtlMs, dnsRecursors }: AgentConfig): DnsSettings {
  return {
    nodeTtl: seconds(dnsConfig.node_ttl),
    serviceTtl: Object.fromEntries(Object.entries(dnsServiceTtlMs).map(([name, ms]) => [name, seconds(ms)])),
    onlyPassing: dnsConfig.only_passing,
    enableTruncate: dnsConfig.enable_truncate,
    udpAnswerLimit: dnsConfig.udp_answer_limit,
    aRecordLimit: dnsConfig.a_record_limit,
    disableCompression: dnsConfig.disable_compression,
    enableAdditionalNodeMetaTxt: dnsConfig.enable_additional_node_meta_txt,
    recursors: dnsRecursors.map(printed),
    recursorStrategy: dnsConfig.recursor_strategy.toLowerCase() === 'random' ? 'random' : 'sequential',
    recursorTimeoutMs: dnsConfig.recursor_timeout,
    soa: {
      refresh: dnsConfig.soa.refresh,
      retry: dnsConfig.soa.retry,
      expire: dnsConfig.soa.expire,
      minTtl: dnsConfig.soa.min_ttl,
    },
  };
}
