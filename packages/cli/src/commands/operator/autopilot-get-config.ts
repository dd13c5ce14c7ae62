import { command } from '../command';
import { orComplain } from '../../errors/complaint';
import { readConfig } from './autopilot-config';

export const autopilotGetConfig = command({
  usage: 'operator autopilot get-config [options]',
  about: '  Displays the current Autopilot configuration.',
  api: 'server',
  flags: {},
  async run({ terminal, client }) {
    const config = await orComplain('Error querying Autopilot configuration', () => readConfig(client()));
    const row = (name: string, value: unknown): void => terminal.print(`${name} = ${String(value)}`);
    row('CleanupDeadServers', config.CleanupDeadServers);
    row('LastContactThreshold', config.LastContactThreshold);
    row('MaxTrailingLogs', config.MaxTrailingLogs);
    row('MinQuorum', config.MinQuorum);
    row('ServerStabilizationTime', config.ServerStabilizationTime);
    row('RedundancyZoneTag', JSON.stringify(config.RedundancyZoneTag));
    row('DisableUpgradeMigration', config.DisableUpgradeMigration);
    row('UpgradeVersionTag', JSON.stringify(config.UpgradeVersionTag));
    return 0;
  },
});
