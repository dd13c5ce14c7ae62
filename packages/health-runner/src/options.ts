import type { Clock, Logger, Metrics, Random } from '@tribune/platform';
import type { CheckDefinition, LocalNode, ServiceDefinition, StateApi } from '@tribune/protocol';
import type { View } from '@tribune/state-store';

export interface HealthRunnerOptions {
  readonly node: LocalNode;
  /** Where registrations live across restarts; undefined keeps them in memory (`-dev`). */
  readonly dataDir?: string;
  /** From configuration files. */
  readonly services?: readonly ServiceDefinition[];
  readonly checks?: readonly CheckDefinition[];
  /**
   * Definitions of files come by {@link AgentApi.reload} from a process that reads them: nothing is compared with the
   * catalog before the first one, lest services leave it that are about to be defined. @default false
   */
  readonly awaitDefinitions?: boolean;
  /** Scripts from the API and from files: whoever reaches the API can run programs here. @default false */
  readonly enableScriptChecks?: boolean;
  /** Scripts from configuration files only. @default false */
  readonly enableLocalScriptChecks?: boolean;
  /** How long a change of output alone may stay unknown to the catalog, nanoseconds; 0 sends it at once. @default 5 min */
  readonly checkUpdateIntervalNs?: number;
  /** Bytes of output kept per check. @default 4096 */
  readonly checkOutputMaxSize?: number;
  /** Publish the status only. @default false */
  readonly discardCheckOutput?: boolean;
  /** Full comparison with the catalog in clusters of up to 128 nodes, milliseconds. @default 60 s */
  readonly syncIntervalMs?: number;
  /** Longest pause after a failed sync, milliseconds. @default 15 s */
  readonly syncRetryMaxMs?: number;
  /** Probes under way at once. @default 512 */
  readonly probesMax?: number;
  /** Ports for sidecars registered without one, both ends included. @default 21000 to 21255 */
  readonly sidecarPorts?: PortRange;
  /** As in DOCKER_HOST. @default unix:///var/run/docker.sock */
  readonly dockerHost?: string;
}

export interface PortRange {
  readonly min: number;
  readonly max: number;
}

export type HealthRunnerSettings = Required<Omit<HealthRunnerOptions, 'dataDir'>> &
  Pick<HealthRunnerOptions, 'dataDir'>;

export interface HealthRunnerCollaborators {
  readonly state: StateApi;
  readonly view: View;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Members of the cluster, for the pace of full syncs. @default the nodes in the view */
  readonly clusterSize?: () => number;
}

const DEFAULTS: Omit<HealthRunnerSettings, 'node' | 'dataDir'> = {
  services: [],
  checks: [],
  awaitDefinitions: false,
  enableScriptChecks: false,
  enableLocalScriptChecks: false,
  checkUpdateIntervalNs: 300e9,
  checkOutputMaxSize: 4096,
  discardCheckOutput: false,
  syncIntervalMs: 60_000,
  syncRetryMaxMs: 15_000,
  probesMax: 512,
  sidecarPorts: { min: 21_000, max: 21_255 },
  dockerHost: 'unix:///var/run/docker.sock',
};

export function settingsOf(options: HealthRunnerOptions): HealthRunnerSettings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  // Consul marks each node with its network segment, of which there is one.
  const node = { ...options.node, meta: { 'consul-network-segment': '', ...options.node.meta } };
  return { ...DEFAULTS, ...given, node };
}
