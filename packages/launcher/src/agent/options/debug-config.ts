import { formatGoDuration } from '@tribune/platform';
import type { AgentConfig, HostPort, ListenAddress } from '../../config/agent-config';
import { taggedAddressesOf } from '../identity';

type Shown = Readonly<Record<string, unknown>>;
const HIDDEN = 'hidden';
const duration = (ms: number): string => formatGoDuration(ms * 1e6);
const printed = ({ host, port }: HostPort): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;
const tcp = (address: HostPort): string => `tcp://${printed(address)}`;
const listener = (address: ListenAddress): string => ('path' in address ? `unix://${address.path}` : tcp(address));
const portOf = ([first]: readonly ListenAddress[]): number => (first && 'port' in first ? first.port : -1);

/**
 * `DebugConfig` of `/v1/agent/self`: the resolved configuration under the names of Consul 1.8 (agent/config/runtime.go), which
 * clients look up there, without secrets. What Tribune does not have is left out.
 */
export function debugConfigOf(config: AgentConfig): Shown {
  return { ...addresses(config), ...membership(config), ...consensus(config), ...services(config), ...dns(config) };
}

function addresses(config: AgentConfig): Shown {
  const { serfLan, serfWan, serverRpc, advertiseHost, advertiseWanHost } = config;
  return {
    AdvertiseAddrLAN: advertiseHost,
    AdvertiseAddrWAN: advertiseWanHost,
    BindAddr: config.bindHost,
    ClientAddrs: config.clientHosts,
    GRPCAddrs: config.grpc.map(listener),
    GRPCPort: portOf(config.grpc),
    HTTPAddrs: config.http.map(listener),
    HTTPBlockEndpoints: config.httpConfig.block_endpoints,
    HTTPPort: portOf(config.http),
    HTTPResponseHeaders: config.httpConfig.response_headers,
    HTTPSAddrs: [],
    HTTPSPort: -1,
    RPCAdvertiseAddr: tcp({ host: advertiseHost, port: serverRpc.port }),
    RPCBindAddr: tcp(serverRpc),
    SerfAdvertiseAddrLAN: tcp({ host: advertiseHost, port: serfLan.port }),
    SerfAdvertiseAddrWAN: serfWan ? tcp({ host: advertiseWanHost, port: serfWan.port }) : '',
    SerfBindAddrLAN: tcp(serfLan),
    SerfBindAddrWAN: serfWan ? tcp(serfWan) : '',
    SerfPortLAN: serfLan.port,
    SerfPortWAN: serfWan?.port ?? -1,
    ServerPort: serverRpc.port,
    TaggedAddresses: taggedAddressesOf(config),
  };
}

function membership({ gossip, joinLan, joinWan, ...config }: AgentConfig): Shown {
  return {
    EncryptKey: HIDDEN,
    EncryptVerifyIncoming: gossip.encryptVerifyIncoming,
    EncryptVerifyOutgoing: gossip.encryptVerifyOutgoing,
    ...knobs('GossipLAN', gossip.lan),
    ...knobs('GossipWAN', gossip.wan),
    LeaveDrainTime: duration(config.leaveDrainMs),
    LeaveOnTerm: config.leaveOnTerminate,
    ReconnectTimeoutLAN: duration(gossip.reconnectTimeoutMs),
    RejoinAfterLeave: config.rejoinAfterLeave,
    RetryJoinIntervalLAN: duration(joinLan.intervalMs),
    RetryJoinIntervalWAN: duration(joinWan.intervalMs),
    RetryJoinLAN: joinLan.retry,
    RetryJoinMaxAttemptsLAN: joinLan.attemptsMax,
    RetryJoinMaxAttemptsWAN: joinWan.attemptsMax,
    RetryJoinWAN: joinWan.retry,
    SkipLeaveOnInt: config.skipLeaveOnInterrupt,
    StartJoinAddrsLAN: joinLan.start,
    StartJoinAddrsWAN: joinWan.start,
  };
}

const knobs = (pool: string, of: AgentConfig['gossip']['lan']): Shown => ({
  [`${pool}GossipInterval`]: duration(of.gossip_interval),
  [`${pool}GossipNodes`]: of.gossip_nodes,
  [`${pool}ProbeInterval`]: duration(of.probe_interval),
  [`${pool}ProbeTimeout`]: duration(of.probe_timeout),
  [`${pool}RetransmitMult`]: of.retransmit_mult,
  [`${pool}SuspicionMult`]: of.suspicion_mult,
});

function consensus({ autopilot, raft, ...config }: AgentConfig): Shown {
  return {
    AutopilotCleanupDeadServers: autopilot.cleanupDeadServers,
    AutopilotLastContactThreshold: duration(autopilot.lastContactThresholdMs),
    AutopilotMaxTrailingLogs: autopilot.maxTrailingLogs,
    AutopilotMinQuorum: autopilot.minQuorum,
    AutopilotServerStabilizationTime: duration(autopilot.serverStabilizationMs),
    Bootstrap: config.bootstrap,
    BootstrapExpect: config.bootstrapExpect,
    RPCHoldTimeout: duration(config.rpcHoldTimeoutMs),
    RaftMultiplier: raft.multiplier,
    RaftReadLeases: raft.readLeases,
    RaftSnapshotThreshold: raft.snapshotThreshold,
    RaftTrailingLogs: raft.trailingLogs,
  };
}

function services({ log, ...config }: AgentConfig): Shown {
  return {
    CheckOutputMaxSize: config.checkOutputBytesMax,
    CheckUpdateInterval: duration(config.checkUpdateIntervalMs),
    DataDir: config.dataDir,
    DisableHTTPUnprintableCharFilter: config.disableHttpUnprintableCharFilter,
    DisableRemoteExec: true,
    DiscardCheckOutput: config.discardCheckOutput,
    EnableLocalScriptChecks: config.scriptChecks === 'local',
    EnableRemoteScriptChecks: config.scriptChecks === 'on',
    EnableUI: false,
    Layout: config.layout,
    Logging: {
      LogFilePath: log.file,
      LogJSON: log.json ?? false,
      LogLevel: log.level.toUpperCase(),
      LogRotateBytes: log.rotateBytes,
      LogRotateDuration: duration(log.rotateMs),
      LogRotateMaxFiles: log.rotateFilesMax,
    },
    NodeMeta: config.nodeMeta,
    PidFile: config.pidFile,
    Telemetry: { PrometheusRetentionTime: duration(config.prometheusRetentionMs) },
  };
}

function dns({ dnsConfig, ...config }: AgentConfig): Shown {
  const { soa } = dnsConfig;
  return {
    DNSARecordLimit: dnsConfig.a_record_limit,
    DNSAddrs: config.dns.flatMap((address) => [tcp(address), `udp://${printed(address)}`]),
    DNSAltDomain: config.dnsAltDomain,
    DNSDisableCompression: dnsConfig.disable_compression,
    DNSDomain: config.dnsDomain,
    DNSEnableTruncate: dnsConfig.enable_truncate,
    DNSNodeMetaTXT: dnsConfig.enable_additional_node_meta_txt,
    DNSNodeTTL: duration(dnsConfig.node_ttl),
    DNSOnlyPassing: dnsConfig.only_passing,
    DNSPort: portOf(config.dns),
    DNSRecursorTimeout: duration(dnsConfig.recursor_timeout),
    DNSRecursors: config.dnsRecursors.map(printed),
    DNSSOA: { Expire: soa.expire, Minttl: soa.min_ttl, Refresh: soa.refresh, Retry: soa.retry },
    DNSServiceTTL: Object.fromEntries(Object.entries(config.dnsServiceTtlMs).map(([name, ms]) => [name, duration(ms)])),
    DNSUDPAnswerLimit: dnsConfig.udp_answer_limit,
  };
}
