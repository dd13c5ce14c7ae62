import { autopilotJson } from '@tribune/raft-core';
import { join } from 'node:path';
import type { AgentConfig, ListenAddress } from '../config/agent-config';
import { gossipTags } from '../agent/options/gossip-options';
import { dnsOptionsOf } from '../agent/options/dns-options';
import { taggedAddressesOf, type AgentIdentity } from '../agent/identity';
import type { LoopbackPorts } from './loopback-ports';

export const LOOPBACK = [
  'control',
  'gossip',
  'gossip-admin',
  'raft-admin',
  'state',
  'agent',
  'agent-admin',
  'grpc',
  'catalog-admin',
  'dns-admin',
] as const;
export type Ports = LoopbackPorts<(typeof LOOPBACK)[number]>;

type Flags = Readonly<Record<string, string | number | boolean>>;
export const argumentsOf = (flags: Flags): string[] =>
  Object.entries(flags).map(([name, value]) => `--${name}=${value}`);

const pairsText = (pairs: Readonly<Record<string, string>>): string =>
  Object.entries(pairs)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');

export function gossipArguments(config: AgentConfig, { nodeId, dataPath }: AgentIdentity, ports: Ports): string[] {
  return argumentsOf({
    name: config.nodeName,
    datacenter: config.datacenter,
    bind: config.bindHost,
    advertise: config.advertiseHost,
    'lan-port': config.serfLan.port,
    'wan-port': config.serfWan?.port ?? '',
    profile: config.isDev ? 'local' : 'brisk',
    tags: pairsText(gossipTags(config, nodeId)),
    encrypt: config.gossip.encrypt,
    'data-dir': config.isDev ? '' : dataPath,
    // Whether to leave is the agent's decision, not that of whoever stops the process.
    'leave-on-stop': false,
    'grpc-address': ports.address('gossip'),
    'admin-address': ports.address('gossip-admin'),
    'log-level': config.log.level,
  });
}

export function raftArguments(config: AgentConfig, { nodeId, dataPath }: AgentIdentity, ports: Ports): string[] {
  return argumentsOf({
    id: nodeId,
    node: config.nodeName,
    datacenter: config.datacenter,
    'rpc-address': hostPort(config.serverRpc),
    'advertise-address': config.advertiseHost,
    'data-dir': join(dataPath, 'raft'),
    bootstrap: config.bootstrap || config.isDev,
    'bootstrap-expect': config.bootstrapExpect,
    'raft-multiplier': config.raft.multiplier,
    'read-leases': config.raft.readLeases,
    autopilot: autopilotJson(config.autopilot),
    'membership-address': ports.address('gossip'),
    'admin-address': ports.address('raft-admin'),
    'log-level': config.log.level,
  });
}

export function healthArguments(
  config: AgentConfig,
  { nodeId, dataPath }: AgentIdentity,
  state: string,
  ports: Ports,
): string[] {
  return argumentsOf({
    node: config.nodeName,
    'node-id': nodeId,
    address: config.advertiseHost,
    datacenter: config.datacenter,
    // Also when it is temporary: what is registered must survive the death of this piece.
    'data-dir': dataPath,
    'tagged-addresses': pairsText(taggedAddressesOf(config)),
    // Definitions of files and the node's metadata come by `reload` once the piece runs; nothing is synced before.
    'await-definitions': true,
    'state-address': state,
    'enable-script-checks': { off: 'false', local: 'local', on: 'true' }[config.scriptChecks],
    'check-update-interval-ms': config.checkUpdateIntervalMs,
    'grpc-address': ports.address('agent'),
    'admin-address': ports.address('agent-admin'),
    'log-level': config.log.level,
  });
}

export function catalogArguments(
  config: AgentConfig,
  { nodeId }: AgentIdentity,
  state: string,
  ports: Ports,
): string[] {
  return argumentsOf({
    node: config.nodeName,
    'node-id': nodeId,
    datacenter: config.datacenter,
    'state-address': state,
    'membership-address': ports.address('gossip'),
    'agent-address': ports.address('agent'),
    'control-address': ports.address('control'),
    server: config.mode === 'server',
    'http-address': config.http.map(listenText).join(','),
    'grpc-address': publicGrpcOf(config, ports),
    'admin-address': ports.address('catalog-admin'),
    view: config.mode === 'server' ? 'all' : 'on-demand',
    'http-max-conns-per-client': config.limits.http_max_conns_per_client,
    pretty: config.isDev,
    'log-level': config.log.level,
  });
}

export function dnsArguments(config: AgentConfig, ports: Ports): string[] {
  const { settings, ...dns } = dnsOptionsOf(config);
  const serviceTtl = Object.entries(settings.serviceTtl).map(([name, seconds]) => `${name}=${seconds}s`);
  return argumentsOf({
    'catalog-address': publicGrpcOf(config, ports),
    'dns-address': `${dns.addresses.join(',')}:${dns.port}`,
    'admin-address': ports.address('dns-admin'),
    domain: dns.domain,
    'alt-domain': dns.altDomain,
    datacenter: config.datacenter,
    'catalog-scope': dns.catalogScope,
    'node-ttl': `${settings.nodeTtl}s`,
    'service-ttl': serviceTtl.join(','),
    'only-passing': settings.onlyPassing,
    'enable-truncate': settings.enableTruncate,
    'udp-answer-limit': settings.udpAnswerLimit,
    'a-record-limit': settings.aRecordLimit,
    'disable-compression': settings.disableCompression,
    'enable-additional-node-meta-txt': settings.enableAdditionalNodeMetaTxt,
    recursors: settings.recursors.join(','),
    'recursor-strategy': settings.recursorStrategy,
    'recursor-timeout': `${settings.recursorTimeoutMs}ms`,
    'soa-refresh': settings.soa.refresh,
    'soa-retry': settings.soa.retry,
    'soa-expire': settings.soa.expire,
    'soa-min-ttl': settings.soa.minTtl,
    'log-level': config.log.level,
  });
}

/** The gateway needs the public API even when nobody else is to have it. */
function publicGrpcOf(config: AgentConfig, ports: Ports): string {
  const [first] = config.grpc;
  return first ? listenText(first) : ports.address('grpc');
}

export const hostPort = ({ host, port }: { readonly host: string; readonly port: number }): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

const listenText = (address: ListenAddress): string => ('path' in address ? `unix:${address.path}` : hostPort(address));
