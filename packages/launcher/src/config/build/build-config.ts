import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { nameProblem, PROFILES, type ProfileName } from '@tribune/gossip';
import { parseGoDuration, type LogLevel } from '@tribune/platform';
import type { AgentConfig, HostPort, JoinPlan, ListenAddress } from '../agent-config';
import type { DecodedAgent } from '../schema/agent-fields';
import { AddressReader, isAny, parseHostPort, type Report } from './addresses';
import { readDefinitions } from './definitions';
import type { InterfaceAddress } from './interfaces';
import { readWatchPlan } from '../../watches/watch-plan';
import { checkListeners, checkRules } from './rules';

const DNS_LABEL_MAX = 63;

/** What the machine contributes; tests bring their own. */
export interface Machine {
  readonly interfaces: () => readonly InterfaceAddress[];
  readonly hostName: () => string;
}

export const systemMachine = (interfaces: Machine['interfaces']): Machine => ({ interfaces, hostName: hostname });

/** Resolves the decoded keys into the agent's configuration. Everything that is wrong goes to `report`. */
export function buildConfig(given: DecodedAgent, isDev: boolean, machine: Machine, report: Report): AgentConfig {
  checkRules(given, isDev, report);
  const config: AgentConfig = {
    mode: given.server ? 'server' : 'client',
    isDev,
    layout: given.layout as AgentConfig['layout'],
    ...buildIdentity(given, machine, report),
    ...buildAddresses(given, machine, report),
    ...buildCluster(given),
    ...buildHttp(given),
    ...buildDns(given, report),
    ...buildChecks(given, report),
    log: buildLog(given),
    warnings: [],
  };
  checkListeners(config, report);
  return { ...config, warnings: warningsOf(given, config.nodeName) };
}

function buildIdentity(given: DecodedAgent, machine: Machine, report: Report) {
  const nodeName = given.node_name.trim() || machine.hostName();
  const problem = nameProblem(nodeName);
  if (problem !== undefined) report('node_name', `must be ${problem}, got ${JSON.stringify(nodeName)}`);
  return {
    nodeName,
    nodeId: given.node_id.toLowerCase(),
    nodeMeta: given.node_meta,
    datacenter: given.datacenter.toLowerCase(),
    dataDir: given.data_dir,
    pidFile: given.pid_file,
  };
}

function buildAddresses(given: DecodedAgent, machine: Machine, report: Report) {
  const reader = new AddressReader(machine.interfaces(), report);
  const { ports, addresses } = given;
  const bindHost = reader.ip('bind_addr', given.bind_addr) || '0.0.0.0';
  const advertised = (...keys: (keyof DecodedAgent)[]): string =>
    keys.map((key) => reader.dialable(key, given[key] as string)).find(Boolean) ?? '';
  const advertiseHost =
    advertised('advertise_addr', 'advertise_addr_ipv4', 'advertise_addr_ipv6') || reader.advertised(bindHost);
  const clientHosts = reader.words('client_addr', given.client_addr);
  const listen = (key: 'http' | 'grpc' | 'dns' | 'https', sockets: boolean): readonly ListenAddress[] => {
    const own = reader.words(`addresses.${key}`, addresses[key]);
    return reader.listeners(
      own.length > 0 ? `addresses.${key}` : 'client_addr',
      own.length > 0 ? own : clientHosts,
      ports[key],
      sockets,
    );
  };
  const serf = (key: 'serf_lan' | 'serf_wan'): HostPort => ({
    host: reader.ip(key, given[key]) || bindHost,
    port: ports[key],
  });
  return {
    bindHost,
    advertiseHost,
    advertiseWanHost:
      advertised('advertise_addr_wan', 'advertise_addr_wan_ipv4', 'advertise_addr_wan_ipv6') || advertiseHost,
    clientHosts,
    taggedAddresses: given.tagged_addresses,
    http: listen('http', true),
    grpc: listen('grpc', true),
    dns: listen('dns', false) as readonly HostPort[],
    serfLan: serf('serf_lan'),
    serfWan: given.server && ports.serf_wan !== -1 ? serf('serf_wan') : undefined,
    serverRpc: { host: bindHost, port: ports.server },
    unixSockets: {
      userId: idOf(given.unix_sockets.user),
      groupId: idOf(given.unix_sockets.group),
      mode: given.unix_sockets.mode === '' ? undefined : Number.parseInt(given.unix_sockets.mode, 8),
    },
  };
}

const idOf = (text: string): number | undefined => (text === '' ? undefined : Number(text));

function buildCluster(given: DecodedAgent) {
  const plan = (
    start: readonly string[],
    retry: readonly string[],
    intervalMs: number,
    attemptsMax: number,
  ): JoinPlan => ({
    start,
    retry,
    intervalMs,
    attemptsMax,
  });
  return {
    bootstrap: given.bootstrap || given.bootstrap_expect === 1,
    bootstrapExpect: given.bootstrap_expect === 1 ? 0 : given.bootstrap_expect,
    // As Consul: a client that is told to stop leaves; a server comes back and must stay a member.
    leaveOnTerminate: given.leave_on_terminate ?? !given.server,
    skipLeaveOnInterrupt: given.skip_leave_on_interrupt ?? given.server,
    rejoinAfterLeave: given.rejoin_after_leave,
    joinLan: plan(given.start_join, given.retry_join, given.retry_interval, given.retry_max),
    joinWan: plan(given.start_join_wan, given.retry_join_wan, given.retry_interval_wan, given.retry_max_wan),
    gossip: {
      encrypt: given.encrypt,
      encryptVerifyIncoming: given.encrypt_verify_incoming,
      encryptVerifyOutgoing: given.encrypt_verify_outgoing,
      lanProfile: lanProfileOf(given.gossip_lan),
      lan: given.gossip_lan,
      wan: given.gossip_wan,
      reconnectTimeoutMs: given.reconnect_timeout,
    },
    raft: {
      multiplier: given.performance.raft_multiplier,
      readLeases: given.performance.read_leases,
      snapshotThreshold: given.raft_snapshot_threshold,
      trailingLogs: given.raft_trailing_logs,
    },
    autopilot: {
      cleanupDeadServers: given.autopilot.cleanup_dead_servers,
      lastContactThresholdMs: given.autopilot.last_contact_threshold,
      maxTrailingLogs: given.autopilot.max_trailing_logs,
      minQuorum: given.autopilot.min_quorum,
      serverStabilizationMs: given.autopilot.server_stabilization_time,
    },
    leaveDrainMs: given.performance.leave_drain_time,
    rpcHoldTimeoutMs: given.performance.rpc_hold_timeout,
  };
}

/**
 * `brisk` is for its own probe interval: its longest suspicion, which has no key, is counted in probes, and is as long as
 * `lan`'s only so. Who sets another interval gets the rest of Consul's profile with it.
 */
const lanProfileOf = ({ probe_interval }: DecodedAgent['gossip_lan']): ProfileName =>
  probe_interval === PROFILES.brisk.probeIntervalMs ? 'brisk' : 'lan';

function buildHttp(given: DecodedAgent) {
  return {
    httpConfig: given.http_config,
    limits: given.limits,
    prometheusRetentionMs: given.telemetry.prometheus_retention_time,
    defaultQueryTimeMs: given.default_query_time,
    maxQueryTimeMs: given.max_query_time,
    discoveryMaxStaleMs: given.discovery_max_stale,
    sessionTtlMinMs: given.session_ttl_min,
    disableHttpUnprintableCharFilter: given.disable_http_unprintable_char_filter,
  };
}

function buildDns(given: DecodedAgent, report: Report) {
  const { service_ttl, ...dnsConfig } = given.dns_config;
  const dnsServiceTtlMs: Record<string, number> = {};
  for (const [service, text] of Object.entries(service_ttl)) {
    const ns = parseGoDuration(text);
    if (ns === undefined || ns < 0)
      report(
        `dns_config.service_ttl.${service}`,
        `expected a duration such as "10s" or "1m30s", got ${JSON.stringify(text)}`,
      );
    else dnsServiceTtlMs[service] = ns / 1e6;
  }
  const dnsRecursors = given.recursors.flatMap((text, index) => {
    const parsed = parseHostPort(text, 53);
    if (!parsed || isIP(parsed.host) === 0 || isAny(parsed.host))
      report(`recursors[${index}]`, `expected an IP address with an optional port, got ${JSON.stringify(text)}`);
    return parsed ? [parsed] : [];
  });
  return { dnsDomain: given.domain, dnsAltDomain: given.alt_domain, dnsRecursors, dnsConfig, dnsServiceTtlMs };
}

function buildChecks(given: DecodedAgent, report: Report) {
  return {
    checkUpdateIntervalMs: given.check_update_interval,
    checkOutputBytesMax: given.check_output_max_size,
    discardCheckOutput: given.discard_check_output,
    scriptChecks: given.enable_script_checks
      ? ('on' as const)
      : given.enable_local_script_checks
        ? ('local' as const)
        : ('off' as const),
    ...readDefinitions(given, report),
    watches: given.watches.flatMap((entry, index) => {
      const plan = readWatchPlan(entry, (key, message) => report(`watches[${index}].${key}`, message));
      return plan ? [plan] : [];
    }),
  };
}

function buildLog(given: DecodedAgent): AgentConfig['log'] {
  const level = given.log_level.toLowerCase();
  return {
    level: (level === 'err' ? 'error' : level) as LogLevel,
    json: given.log_json,
    file: given.log_file,
    rotateBytes: given.log_rotate_bytes,
    rotateMs: given.log_rotate_duration,
    rotateFilesMax: given.log_rotate_max_files,
  };
}

function warningsOf(given: DecodedAgent, nodeName: string): readonly string[] {
  const warnings = nameWarnings(nodeName);
  const expect = given.bootstrap_expect;
  if (expect === 1) warnings.push('BootstrapExpect is set to 1; this is the same as Bootstrap mode.');
  if (expect === 2) warnings.push('A cluster with 2 servers will provide no failure tolerance.');
  if (expect > 2 && expect % 2 === 0)
    warnings.push(
      'A cluster with an even number of servers does not tolerate more failures than one with a server less.',
    );
  if (given.bootstrap) warnings.push('Bootstrap mode enabled! Do not enable unless necessary');
  return warnings;
}

/** In Consul's words. */
function nameWarnings(nodeName: string): string[] {
  const hidden = `Node name ${JSON.stringify(nodeName)} will not be discoverable via DNS due to`;
  if (/[^A-Za-z0-9-]/.test(nodeName))
    return [`${hidden} invalid characters. Valid characters include all alpha-numerics and dashes.`];
  if (nodeName.length > DNS_LABEL_MAX)
    return [`${hidden} it being too long. Valid lengths are between 1 and 63 bytes.`];
  return [];
}
