import type { Command } from './command';

/** A command whose file is loaded when it is run, or one that another package runs with the raw arguments. */
export type Leaf =
  | { readonly kind: 'command'; readonly synopsis: string; readonly load: () => Command }
  | {
      readonly kind: 'delegated';
      readonly synopsis: string;
      readonly run: (argv: readonly string[]) => Promise<number>;
    };

/** A word that only introduces other words. */
export interface Group {
  readonly kind: 'group';
  readonly synopsis: string;
  readonly usage: string;
  readonly about: string;
  readonly commands: Readonly<Record<string, Leaf | Group>>;
}

const leaf = (synopsis: string, load: () => Command): Leaf => ({ kind: 'command', synopsis, load });

const kv: Group = {
  kind: 'group',
  synopsis: 'Interact with the key-value store',
  usage: 'kv <subcommand> [options] [args]',
  about: `  This command has subcommands for interacting with the key-value store. Here
  are some simple examples.

  Create or update the key named "redis/config/connections" with the value "5":

      $ tribune kv put redis/config/connections 5

  Read this value back:

      $ tribune kv get redis/config/connections

  Or get detailed key information:

      $ tribune kv get -detailed redis/config/connections

  Finally, delete the key:

      $ tribune kv delete redis/config/connections`,
  commands: {
    delete: leaf(
      'Removes data from the KV store',
      () => (require('./kv/delete') as typeof import('./kv/delete')).kvDelete,
    ),
    export: leaf(
      'Exports a tree from the KV store as JSON',
      () => (require('./kv/export') as typeof import('./kv/export')).kvExport,
    ),
    get: leaf(
      'Retrieves or lists data from the KV store',
      () => (require('./kv/get') as typeof import('./kv/get')).kvGet,
    ),
    import: leaf(
      'Imports a tree stored as JSON to the KV store',
      () => (require('./kv/import') as typeof import('./kv/import')).kvImport,
    ),
    put: leaf('Sets or updates data in the KV store', () => (require('./kv/put') as typeof import('./kv/put')).kvPut),
  },
};

const catalog: Group = {
  kind: 'group',
  synopsis: 'Interact with the catalog',
  usage: 'catalog <subcommand> [options] [args]',
  about: `  This command has subcommands for interacting with the catalog of the whole
  datacenter. The catalog should not be confused with the agent, although the
  APIs and responses may be similar.

  List all datacenters:

      $ tribune catalog datacenters

  List all nodes:

      $ tribune catalog nodes

  List all services:

      $ tribune catalog services`,
  commands: {
    datacenters: leaf(
      'Lists all known datacenters',
      () => (require('./catalog/datacenters') as typeof import('./catalog/datacenters')).catalogDatacenters,
    ),
    nodes: leaf(
      'Lists all nodes in the given datacenter',
      () => (require('./catalog/nodes') as typeof import('./catalog/nodes')).catalogNodes,
    ),
    services: leaf(
      'Lists all registered services in a datacenter',
      () => (require('./catalog/services') as typeof import('./catalog/services')).catalogServices,
    ),
  },
};

const services: Group = {
  kind: 'group',
  synopsis: 'Interact with services',
  usage: 'services <subcommand> [options] [args]',
  about: `  This command has subcommands for interacting with services. They work on
  services registered with the local agent. Please see "tribune catalog" for
  the catalog of the whole datacenter.`,
  commands: {
    deregister: leaf(
      'Deregister services with the local agent',
      () => (require('./services/deregister') as typeof import('./services/deregister')).servicesDeregister,
    ),
    register: leaf(
      'Register services with the local agent',
      () => (require('./services/register') as typeof import('./services/register')).servicesRegister,
    ),
  },
};

const raft: Group = {
  kind: 'group',
  synopsis: 'Shows and changes the Raft configuration',
  usage: 'operator raft <subcommand> [options]',
  about: `  The Raft operator command is used to interact with the Raft subsystem. It can
  show the Raft peers or, in rare cases, recover quorum by removing invalid
  peers.`,
  commands: {
    'list-peers': leaf(
      'Display the current Raft peer configuration',
      () => (require('./operator/raft-list-peers') as typeof import('./operator/raft-list-peers')).raftListPeers,
    ),
    'remove-peer': leaf(
      'Remove a server from the Raft configuration',
      () => (require('./operator/raft-remove-peer') as typeof import('./operator/raft-remove-peer')).raftRemovePeer,
    ),
    'transfer-leader': leaf(
      'Transfer leadership to a new server',
      () =>
        (require('./operator/raft-transfer-leader') as typeof import('./operator/raft-transfer-leader'))
          .raftTransferLeader,
    ),
  },
};

const autopilot: Group = {
  kind: 'group',
  synopsis: 'Shows and changes the Autopilot configuration',
  usage: 'operator autopilot <subcommand> [options]',
  about: `  The Autopilot operator command is used to interact with the Autopilot
  subsystem. It can view or modify the current configuration.`,
  commands: {
    'get-config': leaf(
      'Display the current Autopilot configuration',
      () =>
        (require('./operator/autopilot-get-config') as typeof import('./operator/autopilot-get-config'))
          .autopilotGetConfig,
    ),
    'set-config': leaf(
      'Modify the current Autopilot configuration',
      () =>
        (require('./operator/autopilot-set-config') as typeof import('./operator/autopilot-set-config'))
          .autopilotSetConfig,
    ),
    state: leaf(
      'Display the current Autopilot state',
      () => (require('./operator/autopilot-state') as typeof import('./operator/autopilot-state')).autopilotState,
    ),
  },
};

const operator: Group = {
  kind: 'group',
  synopsis: 'Provides cluster-level tools for operators',
  usage: 'operator <subcommand> [options]',
  about: `  Provides cluster-level tools for operators, such as interacting with the Raft
  subsystem. NOTE: Use this command with extreme caution, as improper use could
  lead to an outage and even loss of data.

  Requests are forwarded to the leader if required, so this can be run against
  any agent of a cluster.`,
  commands: { autopilot, raft },
};

const snapshot: Group = {
  kind: 'group',
  synopsis: 'Saves, restores and inspects snapshots of the servers',
  usage: 'snapshot <subcommand> [options] [args]',
  about: `  This command has subcommands for saving, restoring, and inspecting the state
  of the servers for disaster recovery. These are atomic, point-in-time
  snapshots which include key/value entries, service catalog and sessions.

  Create a snapshot:

      $ tribune snapshot save backup.snap

  Restore a snapshot:

      $ tribune snapshot restore backup.snap

  Inspect a snapshot:

      $ tribune snapshot inspect backup.snap`,
  commands: {
    inspect: leaf(
      'Displays information about a snapshot file',
      () => (require('./snapshot/inspect') as typeof import('./snapshot/inspect')).snapshotInspect,
    ),
    restore: leaf(
      'Restores snapshot of server state',
      () => (require('./snapshot/restore') as typeof import('./snapshot/restore')).snapshotRestore,
    ),
    save: leaf(
      'Saves snapshot of server state',
      () => (require('./snapshot/save') as typeof import('./snapshot/save')).snapshotSave,
    ),
  },
};

/** Every word of the command line. */
export const commands: Group['commands'] = {
  agent: {
    kind: 'delegated',
    synopsis: 'Runs a Tribune agent',
    run: (argv) => (require('@tribune/launcher') as typeof import('@tribune/launcher')).runAgent(argv),
  },
  catalog,
  event: leaf('Fire a new event', () => (require('./event') as typeof import('./event')).event),
  'force-leave': leaf(
    'Forces a member of the cluster to enter the "left" state',
    () => (require('./force-leave') as typeof import('./force-leave')).forceLeave,
  ),
  info: leaf(
    'Provides debugging information for operators.',
    () => (require('./info') as typeof import('./info')).info,
  ),
  join: leaf('Tell the agent to join a cluster', () => (require('./join') as typeof import('./join')).join),
  keygen: leaf('Generates a new encryption key', () => (require('./keygen') as typeof import('./keygen')).keygen),
  keyring: leaf(
    'Manages gossip layer encryption keys',
    () => (require('./keyring') as typeof import('./keyring')).keyring,
  ),
  kv,
  leave: leaf(
    'Gracefully leaves the cluster and shuts down',
    () => (require('./leave') as typeof import('./leave')).leave,
  ),
  lock: leaf('Execute a command holding a lock', () => (require('./lock/lock') as typeof import('./lock/lock')).lock),
  maint: leaf(
    'Controls node or service maintenance mode',
    () => (require('./maint') as typeof import('./maint')).maint,
  ),
  members: leaf('Lists the members of a cluster', () => (require('./members') as typeof import('./members')).members),
  monitor: leaf('Stream logs from an agent', () => (require('./monitor') as typeof import('./monitor')).monitor),
  operator,
  reload: leaf(
    'Triggers the agent to reload configuration files',
    () => (require('./reload') as typeof import('./reload')).reload,
  ),
  rtt: leaf('Estimates network round trip time between nodes', () => (require('./rtt') as typeof import('./rtt')).rtt),
  services,
  snapshot,
  validate: {
    kind: 'delegated',
    synopsis: 'Validate config files/directories',
    run: (argv) => (require('@tribune/launcher') as typeof import('@tribune/launcher')).runValidate(argv),
  },
  version: leaf('Prints the version', () => (require('./version') as typeof import('./version')).version),
  watch: leaf(
    'Watch for changes in the cluster',
    () => (require('./watch/watch') as typeof import('./watch/watch')).watch,
  ),
};
