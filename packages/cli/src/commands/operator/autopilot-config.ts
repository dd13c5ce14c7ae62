import type { HttpClient } from '../../http/http-client';

/** The body of `/v1/operator/autopilot/configuration`. */
export interface AutopilotConfig {
  readonly CleanupDeadServers: boolean;
  readonly LastContactThreshold: string;
  readonly MaxTrailingLogs: number | bigint;
  readonly MinQuorum: number | bigint;
  readonly ServerStabilizationTime: string;
  readonly RedundancyZoneTag: string;
  readonly DisableUpgradeMigration: boolean;
  readonly UpgradeVersionTag: string;
  readonly CreateIndex: number;
  readonly ModifyIndex: number;
}

export const CONFIG_PATH = '/v1/operator/autopilot/configuration';

export const readConfig = (client: HttpClient): Promise<AutopilotConfig> =>
  client.json<AutopilotConfig>({ path: CONFIG_PATH });
