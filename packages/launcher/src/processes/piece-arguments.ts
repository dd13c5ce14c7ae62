import type { AgentConfig, ListenAddress } from '../config/agent-config';
import { dnsOptionsOf } from '../agent/options/dns-options';
import { gossipOptionsOf } from '../agent/options/gossip-options';
import { healthOptionsOf } from '../agent/options/health-options';
import { httpOptionsOf } from '../agent/options/http-options';
import { raftOptionsOf } from '../agent/options/raft-options';
import type { AgentIdentity } from '../agent/identity';
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

/** All that a piece is told in the one process it would share with the others; by environment, as it holds the gossip key. */
export function pieceOptions(config: AgentConfig, identity: AgentIdentity): Readonly<Record<string, object>> {
  const { services: _services, checks: _checks, dataDir: _dataDir, ...health } = healthOptionsOf(config, identity);
  return {
    gossip: gossipOptionsOf(config, identity),
    'raft-core': raftOptionsOf(config, identity),
    'health-runner': health,
    'catalog-api': httpOptionsOf(config, identity),
  };
}

export function gossipArguments(config: AgentConfig, ports: Ports): string[] {
  return argumentsOf({
    name: config.nodeName,
    // Whether to leave is the agent's decision, not that of whoever stops the process.
    'leave-on-stop': false,
    'grpc-address': ports.address('gossip'),
    'admin-address': ports.address('gossip-admin'),
    'log-level': config.log.level,
  });
}

export function raftArguments(config: AgentConfig, { nodeId }: AgentIdentity, ports: Ports): string[] {
  return argumentsOf({
    id: nodeId,
    node: config.nodeName,
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
    // Also when it is temporary: what is registered must survive the death of this piece.
    'data-dir': dataPath,
    // Definitions of files come by `reload` once the piece runs; nothing is synced before.
    'await-definitions': true,
    'state-address': state,
    'grpc-address': ports.address('agent'),
    'admin-address': ports.address('agent-admin'),
    'log-level': config.log.level,
  });
}

export function catalogArguments(config: AgentConfig, state: string, ports: Ports): string[] {
  return argumentsOf({
    node: config.nodeName,
    'state-address': state,
    'membership-address': ports.address('gossip'),
    'agent-address': ports.address('agent'),
    'control-address': ports.address('control'),
    'grpc-address': publicGrpcOf(config, ports),
    'admin-address': ports.address('catalog-admin'),
    view: config.mode === 'server' ? 'all' : 'on-demand',
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
