import { formatGoDuration, parseGoDuration } from '@tribune/platform';
import { setting, type ReadTables } from '@tribune/state-store';

/** What operators decide about the care of servers; Consul's `autopilot` block. */
export interface AutopilotSettings {
  readonly cleanupDeadServers: boolean;
  readonly lastContactThresholdMs: number;
  readonly maxTrailingLogs: number;
  /** Dead servers are not removed below this many. */
  readonly minQuorum: number;
  /** How long a new server must be healthy before it votes. */
  readonly serverStabilizationMs: number;
}

/** As Consul's. */
export const autopilotDefaults: AutopilotSettings = {
  cleanupDeadServers: true,
  lastContactThresholdMs: 200,
  maxTrailingLogs: 250,
  minQuorum: 0,
  serverStabilizationMs: 10_000,
};

/** The name of the cluster-wide setting. Its value is the JSON of `/v1/operator/autopilot/configuration`. */
export const AUTOPILOT_SETTING = 'autopilot';

/** As operators last set it; `configured` where they never did or a field is missing. */
export function autopilotSettings(tables: ReadTables, configured: AutopilotSettings): AutopilotSettings {
  const row = setting(tables, AUTOPILOT_SETTING).value;
  return row ? autopilotFromJson(row.value, configured) : configured;
}

/** Throws what `JSON.parse` throws. */
export function autopilotFromJson(text: string, configured: AutopilotSettings): AutopilotSettings {
  const given = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const duration = (name: string, otherwise: number): number => {
    const ns = typeof given[name] === 'string' ? parseGoDuration(given[name]) : undefined;
    return ns === undefined ? otherwise : ns / 1e6;
  };
  const number = (name: string, otherwise: number): number =>
    typeof given[name] === 'number' ? given[name] : otherwise;
  const cleanup = given['CleanupDeadServers'];
  return {
    cleanupDeadServers: typeof cleanup === 'boolean' ? cleanup : configured.cleanupDeadServers,
    lastContactThresholdMs: duration('LastContactThreshold', configured.lastContactThresholdMs),
    maxTrailingLogs: number('MaxTrailingLogs', configured.maxTrailingLogs),
    minQuorum: number('MinQuorum', configured.minQuorum),
    serverStabilizationMs: duration('ServerStabilizationTime', configured.serverStabilizationMs),
  };
}

export function autopilotJson(settings: AutopilotSettings): string {
  const duration = (ms: number): string => formatGoDuration(ms * 1e6);
  return JSON.stringify({
    CleanupDeadServers: settings.cleanupDeadServers,
    LastContactThreshold: duration(settings.lastContactThresholdMs),
    MaxTrailingLogs: settings.maxTrailingLogs,
    MinQuorum: settings.minQuorum,
    ServerStabilizationTime: duration(settings.serverStabilizationMs),
    RedundancyZoneTag: '',
    DisableUpgradeMigration: false,
    UpgradeVersionTag: '',
  });
}
