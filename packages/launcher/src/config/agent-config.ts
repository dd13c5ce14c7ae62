import type { ProfileName } from '@tribune/gossip';
import type { CheckDefinition, ServiceDefinition } from '@tribune/protocol';
import type { LogLevel } from '@tribune/platform';
import type { DecodedAgent } from './schema/agent-fields';
import type { WatchPlan } from '../watches/watch-plan';

/** A TCP address or a Unix socket to listen on. */
export type ListenAddress = { readonly host: string; readonly port: number } | { readonly path: string };

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Everything the agent was told, resolved and checked. Frozen; durations in milliseconds. */
export interface AgentConfig {
  readonly mode: 'server' | 'client';
  /** `-dev`: data in a temporary folder that goes with the process. */
  readonly isDev: boolean;
  readonly layout: 'inline' | 'processes';
  readonly nodeName: string;
  /** '' until the agent has read or made `data_dir/node-id`. */
  readonly nodeId: string;
  readonly nodeMeta: Readonly<Record<string, string>>;
  /** Lower case. */
  readonly datacenter: string;
  /** '' with `-dev` unless given. */
  readonly dataDir: string;
  readonly pidFile: string;

  readonly bindHost: string;
  readonly advertiseHost: string;
  readonly advertiseWanHost: string;
  readonly clientHosts: readonly string[];
  readonly taggedAddresses: Readonly<Record<string, string>>;
  readonly http: readonly ListenAddress[];
  readonly dns: readonly HostPort[];
  readonly grpc: readonly ListenAddress[];
  readonly serfLan: HostPort;
  /** Undefined when the WAN pool is off: on client agents, and with port -1. */
  readonly serfWan: HostPort | undefined;
  /** gRPC between servers. Client agents dial it on others and listen on none. */
  readonly serverRpc: HostPort;
  readonly unixSockets: {
    readonly userId: number | undefined;
    readonly groupId: number | undefined;
    readonly mode: number | undefined;
  };

  readonly bootstrap: boolean;
  /** 0: not given. Never 1 (that is `bootstrap`). */
  readonly bootstrapExpect: number;
  readonly leaveOnTerminate: boolean;
  readonly skipLeaveOnInterrupt: boolean;
  readonly rejoinAfterLeave: boolean;
  readonly joinLan: JoinPlan;
  readonly joinWan: JoinPlan;
  readonly gossip: {
    readonly encrypt: string;
    readonly encryptVerifyIncoming: boolean;
    readonly encryptVerifyOutgoing: boolean;
    /** Of the LAN pool, for what has no key of its own in `gossip_lan`. The WAN pool has `wan`. */
    readonly lanProfile: ProfileName;
    readonly lan: DecodedAgent['gossip_lan'];
    readonly wan: DecodedAgent['gossip_wan'];
    readonly reconnectTimeoutMs: number;
  };
  readonly raft: {
    readonly multiplier: number;
    /** Tribune's own: leaders answer reads by lease (docs/raft.md, R8). Off unless asked for. */
    readonly readLeases: boolean;
    /** 0: raft-core's own default. */
    readonly snapshotThreshold: number;
    /** 0: raft-core's own default. */
    readonly trailingLogs: number;
  };
  /** Written down by the first leader of a datacenter; later changes are made by operators. */
  readonly autopilot: {
    readonly cleanupDeadServers: boolean;
    readonly lastContactThresholdMs: number;
    readonly maxTrailingLogs: number;
    readonly minQuorum: number;
    readonly serverStabilizationMs: number;
  };
  readonly leaveDrainMs: number;
  readonly rpcHoldTimeoutMs: number;

  readonly httpConfig: DecodedAgent['http_config'];
  readonly limits: DecodedAgent['limits'];
  /** 0: `/v1/agent/metrics?format=prometheus` is refused, as in Consul. */
  readonly prometheusRetentionMs: number;
  readonly defaultQueryTimeMs: number;
  readonly maxQueryTimeMs: number;
  readonly discoveryMaxStaleMs: number;
  readonly sessionTtlMinMs: number;
  readonly disableHttpUnprintableCharFilter: boolean;

  readonly dnsDomain: string;
  readonly dnsAltDomain: string;
  readonly dnsRecursors: readonly HostPort[];
  readonly dnsConfig: Omit<DecodedAgent['dns_config'], 'service_ttl'>;
  readonly dnsServiceTtlMs: Readonly<Record<string, number>>;

  readonly checkUpdateIntervalMs: number;
  readonly checkOutputBytesMax: number;
  readonly discardCheckOutput: boolean;
  readonly scriptChecks: 'off' | 'local' | 'on';
  readonly services: readonly ServiceDefinition[];
  readonly checks: readonly CheckDefinition[];
  readonly watches: readonly WatchPlan[];

  readonly log: {
    readonly level: LogLevel;
    /** Undefined: text in a terminal, JSON otherwise. */
    readonly json: boolean | undefined;
    readonly file: string;
    readonly rotateBytes: number;
    readonly rotateMs: number;
    readonly rotateFilesMax: number;
  };
  /** Shown once at start. */
  readonly warnings: readonly string[];
}

/** Whom to join, how often to try, and when to give up. */
export interface JoinPlan {
  /** Tried once at start; a failure ends the agent. */
  readonly start: readonly string[];
  readonly retry: readonly string[];
  readonly intervalMs: number;
  /** 0: for ever. */
  readonly attemptsMax: number;
}
