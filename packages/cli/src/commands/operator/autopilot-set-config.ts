import { formatGoDuration } from '@tribune/platform';
import { duration, maybeToggle, maybeUint, text, type Flag } from '../../flags/flag';
import { printJson, type JsonObject } from '../../json/exact-json';
import { command } from '../command';
import { Complaint, orComplain } from '../../errors/complaint';
import { CONFIG_PATH, readConfig, type AutopilotConfig } from './autopilot-config';

/** An empty text clears a tag, so "not given" must be told apart. */
const maybeText = (help: string): Flag<string | undefined> => ({
  ...text(help),
  placeholder: 'value',
  initial: undefined,
});

export const autopilotSetConfig = command({
  usage: 'operator autopilot set-config [options]',
  about: '  Modifies the current Autopilot configuration. What is not given stays as it is.',
  api: 'server',
  flags: {
    'cleanup-dead-servers': maybeToggle(
      'Controls whether dead servers will be removed automatically when new ones are successfully added. Must be one of `true|false`.',
    ),
    'disable-upgrade-migration': maybeToggle(
      '(Consul Enterprise only) Controls whether new servers are held back until a migration can be performed. Must be one of `true|false`.',
    ),
    'last-contact-threshold': duration(
      'Controls the maximum amount of time a server can go without contact from the leader before being considered unhealthy. Must be a duration value such as `200ms`.',
      '200ms',
    ),
    'max-trailing-logs': maybeUint(
      'Controls the maximum number of log entries that a server can trail the leader by before being considered unhealthy.',
    ),
    'min-quorum': maybeUint(
      'Sets the minimum number of servers required in a cluster before autopilot is allowed to prune dead servers.',
    ),
    'redundancy-zone-tag': maybeText(
      '(Consul Enterprise only) Controls the node_meta tag name used for separating servers into different redundancy zones.',
    ),
    'server-stabilization-time': duration(
      "Controls the minimum amount of time a server must be stable in the 'healthy' state before being added to the cluster. Must be a duration value such as `10s`.",
      '10s',
    ),
    'upgrade-version-tag': maybeText(
      '(Consul Enterprise only) The node_meta tag to use for version info when performing upgrade migrations.',
    ),
  },
  async run({ flags, terminal, client }) {
    const before = await orComplain('Error querying Autopilot configuration', () => readConfig(client()));
    const wanted = changed(before, flags);
    const isSet = await orComplain('Error setting Autopilot configuration', () =>
      client().json<boolean>({
        method: 'PUT',
        path: CONFIG_PATH,
        query: { cas: String(before.ModifyIndex) },
        body: printJson(wanted),
      }),
    );
    if (!isSet) throw new Complaint('Configuration could not be atomically updated, please try again');
    terminal.print('Configuration updated!');
    return 0;
  },
});

interface Changes {
  readonly 'cleanup-dead-servers': boolean | undefined;
  readonly 'disable-upgrade-migration': boolean | undefined;
  readonly 'last-contact-threshold': number | undefined;
  readonly 'max-trailing-logs': bigint | undefined;
  readonly 'min-quorum': bigint | undefined;
  readonly 'redundancy-zone-tag': string | undefined;
  readonly 'server-stabilization-time': number | undefined;
  readonly 'upgrade-version-tag': string | undefined;
}

function changed(before: AutopilotConfig, flags: Changes): JsonObject {
  const time = (given: number | undefined, old: string): string =>
    given === undefined ? old : formatGoDuration(given);
  return {
    ...before,
    CleanupDeadServers: flags['cleanup-dead-servers'] ?? before.CleanupDeadServers,
    DisableUpgradeMigration: flags['disable-upgrade-migration'] ?? before.DisableUpgradeMigration,
    LastContactThreshold: time(flags['last-contact-threshold'], before.LastContactThreshold),
    MaxTrailingLogs: flags['max-trailing-logs'] ?? before.MaxTrailingLogs,
    MinQuorum: flags['min-quorum'] ?? before.MinQuorum,
    RedundancyZoneTag: flags['redundancy-zone-tag'] ?? before.RedundancyZoneTag,
    ServerStabilizationTime: time(flags['server-stabilization-time'], before.ServerStabilizationTime),
    UpgradeVersionTag: flags['upgrade-version-tag'] ?? before.UpgradeVersionTag,
  };
}
