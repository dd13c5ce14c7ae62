import { formatGoDuration } from '@tribune/platform';
import type { SettingRow } from '@tribune/state-store';
import { duration, goBool, goString, goUint64, struct, type GoType } from '../json/go-type';
import { decodeJson } from '../json/decode-body';

/** The body of `PUT /v1/operator/autopilot/configuration`, and the form in which the setting is stored. */
export const autopilotRequest = struct(
  'AutopilotConfiguration',
  {
    CleanupDeadServers: goBool,
    LastContactThreshold: duration,
    MaxTrailingLogs: goUint64,
    MinQuorum: goUint64,
    ServerStabilizationTime: duration,
    RedundancyZoneTag: goString,
    DisableUpgradeMigration: goBool,
    UpgradeVersionTag: goString,
    CreateIndex: goUint64,
    ModifyIndex: goUint64,
  },
  { goName: 'api.AutopilotConfiguration' },
);
export type Autopilot = typeof autopilotRequest extends GoType<infer T> ? T : never;

/** The name of the cluster-wide setting. */
export const AUTOPILOT_SETTING = 'autopilot';

/** As Consul sets them at the start of a cluster. Durations in nanoseconds. */
export const AUTOPILOT_DEFAULTS: Autopilot = {
  ...autopilotRequest.zero,
  CleanupDeadServers: true,
  LastContactThreshold: 200e6,
  MaxTrailingLogs: 250n,
  ServerStabilizationTime: 10e9,
};

export function autopilotOf(row: SettingRow | undefined): Autopilot {
  return row ? { ...AUTOPILOT_DEFAULTS, ...decodeJson(row.value, autopilotRequest, false) } : AUTOPILOT_DEFAULTS;
}

export function autopilotJson(config: Autopilot): Record<string, unknown> {
  return {
    CleanupDeadServers: config.CleanupDeadServers,
    LastContactThreshold: formatGoDuration(config.LastContactThreshold),
    MaxTrailingLogs: config.MaxTrailingLogs,
    MinQuorum: config.MinQuorum,
    ServerStabilizationTime: formatGoDuration(config.ServerStabilizationTime),
    RedundancyZoneTag: config.RedundancyZoneTag,
    DisableUpgradeMigration: config.DisableUpgradeMigration,
    UpgradeVersionTag: config.UpgradeVersionTag,
  };
}
