import type { HealthCheck, JsonObject, ServiceInstance } from '../model/catalog';

/** How a check is run. Exactly one kind of target is set; durations in nanoseconds, 0 for "the default". */
export interface CheckDefinition {
  readonly checkId: string;
  readonly name: string;
  readonly notes: string;
  /** Initial status; '' means critical. */
  readonly status: string;
  readonly serviceId: string;
  readonly token: string;
  readonly args: readonly string[];
  readonly http: string;
  readonly method: string;
  readonly header: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  readonly disableRedirects: boolean;
  readonly tcp: string;
  readonly udp: string;
  readonly grpc: string;
  readonly grpcUseTls: boolean;
  readonly h2ping: string;
  readonly h2pingUseTls: boolean;
  readonly ttlNs: number;
  readonly aliasNode: string;
  readonly aliasService: string;
  readonly dockerContainerId: string;
  readonly shell: string;
  readonly osService: string;
  readonly tlsServerName: string;
  readonly tlsSkipVerify: boolean;
  readonly intervalNs: number;
  readonly timeoutNs: number;
  readonly deregisterCriticalServiceAfterNs: number;
  readonly successBeforePassing: number;
  readonly failuresBeforeWarning: number;
  readonly failuresBeforeCritical: number;
  readonly outputMaxSize: number;
}

/** A service as registered with this agent: what the catalog gets, and the checks to run for it. */
export interface ServiceDefinition {
  readonly service: Omit<ServiceInstance, 'node' | 'createIndex' | 'modifyIndex'>;
  readonly checks: readonly CheckDefinition[];
  readonly token: string;
  /** `Connect.SidecarService`: registered with the service, its id, name, port and checks filled in by the agent. */
  readonly sidecar?: ServiceDefinition;
}

export type AgentOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly kind: 'invalid' | 'notFound' | 'failed'; readonly reason: string };

export interface LocalService {
  readonly service: Omit<ServiceInstance, 'node'>;
  /** True for a definition that came from a configuration file. */
  readonly fromFile: boolean;
}

export interface LocalNode {
  readonly id: string;
  readonly node: string;
  readonly address: string;
  readonly datacenter: string;
  readonly taggedAddresses: Readonly<Record<string, string>>;
  readonly meta: Readonly<Record<string, string>>;
}

/** `agent.v1`: this agent's own services and checks. In-process object or {@link connectAgent}. */
export interface AgentApi {
  node(): Promise<LocalNode>;
  services(): Promise<readonly LocalService[]>;
  checks(): Promise<readonly HealthCheck[]>;
  /** Resolves when `services` or `checks` changed after `version` (0 returns at once); gives the new version. */
  changed(version: number, signal: AbortSignal): Promise<number>;
  registerService(
    definition: ServiceDefinition,
    options: { readonly replaceExistingChecks: boolean },
  ): Promise<AgentOutcome>;
  deregisterService(id: string): Promise<AgentOutcome>;
  registerCheck(definition: CheckDefinition): Promise<AgentOutcome>;
  deregisterCheck(id: string): Promise<AgentOutcome>;
  /** TTL update; `notFound`/`failed` texts are Consul's (`CheckID "x" does not have associated TTL`). */
  updateTtl(checkId: string, status: string, output: string): Promise<AgentOutcome>;
  nodeMaintenance(enable: boolean, reason: string): Promise<AgentOutcome>;
  serviceMaintenance(serviceId: string, enable: boolean, reason: string): Promise<AgentOutcome>;
  /** Replaces the definitions that came from configuration files (reload). */
  reload(
    services: readonly ServiceDefinition[],
    checks: readonly CheckDefinition[],
    nodeMeta: Readonly<Record<string, string>>,
  ): Promise<AgentOutcome>;
  /** Syncs everything now; resolves when the catalog has it or the attempt failed. */
  syncNow(): Promise<AgentOutcome>;
}

export type { JsonObject };
