import { bool, duration, int, opaque, optionalBool, text, texts } from './kinds';
import { group, inert, refused } from './field';

const KEYRING = 'the keyring is kept in data_dir/serf';

/** How agents find one another and how servers agree. */
export const clusterFields = {
  server: bool(false, { flag: 'server', help: 'Switches agent to server mode.' }),
  bootstrap: bool(false, { flag: 'bootstrap', help: 'Sets server to bootstrap mode.' }),
  bootstrap_expect: int(
    0,
    { min: 0, max: 99 },
    { flag: 'bootstrap-expect', help: 'Sets server to expect bootstrap mode.' },
  ),
  read_replica: refused(bool(false, { flag: 'read-replica' }), 'non-voting servers are not served'),
  non_voting_server: refused(bool(false, { flag: 'non-voting-server' }), 'non-voting servers are not served'),
  rejoin_after_leave: bool(false, {
    flag: 'rejoin',
    help: 'Ignores a previous leave and attempts to rejoin the cluster.',
  }),
  leave_on_terminate: optionalBool(),
  skip_leave_on_interrupt: optionalBool(),
  server_rejoin_age_max: inert(duration('168h', '6h')),
  reconnect_timeout: duration('72h', '8h'),
  reconnect_timeout_wan: duration('72h', '8h'),

  start_join: texts({
    flag: 'join',
    help: 'Address of an agent to join at start time. Can be specified multiple times.',
  }),
  start_join_wan: texts({
    flag: 'join-wan',
    help: 'Address of an agent to join -wan at start time. Can be specified multiple times.',
  }),
  retry_join: texts(
    {
      flag: 'retry-join',
      help: 'Address of an agent to join at start time with retries enabled. Can be specified multiple times.',
    },
    noCloud,
  ),
  retry_join_wan: texts(
    {
      flag: 'retry-join-wan',
      help: 'Address of an agent to join -wan at start time with retries enabled. Can be specified multiple times.',
    },
    noCloud,
  ),
  retry_interval: duration('30s', '1s', { flag: 'retry-interval', help: 'Time to wait between join attempts.' }),
  retry_interval_wan: duration('30s', '1s', {
    flag: 'retry-interval-wan',
    help: 'Time to wait between join -wan attempts.',
  }),
  retry_max: int(
    0,
    { min: 0 },
    { flag: 'retry-max', help: 'Maximum number of join attempts. Defaults to 0, which will retry indefinitely.' },
  ),
  retry_max_wan: int(
    0,
    { min: 0 },
    {
      flag: 'retry-max-wan',
      help: 'Maximum number of join -wan attempts. Defaults to 0, which will retry indefinitely.',
    },
  ),

  encrypt: text('', { flag: 'encrypt', help: 'Provides the gossip encryption key.' }, gossipKey),
  encrypt_verify_incoming: bool(true),
  encrypt_verify_outgoing: bool(true),
  disable_keyring_file: refused(bool(false, { flag: 'disable-keyring-file' }), KEYRING),
  disable_coordinates: refused(bool(false), 'coordinates are part of gossip'),
  // The profile `brisk`: crashes are noticed in half of Consul's time, with no more false verdicts (docs/gossip.md).
  gossip_lan: gossip({ nodes: 3, interval: '200ms', probeInterval: '500ms', probeTimeout: '250ms', suspicionMult: 4 }),
  gossip_wan: gossip({ nodes: 4, interval: '500ms', probeInterval: '5s', probeTimeout: '3s', suspicionMult: 6 }),

  raft_protocol: inert(
    int(3, { min: 2, max: 3 }, { flag: 'raft-protocol', help: 'Sets the Raft protocol version. Defaults to latest.' }),
  ),
  raft_snapshot_threshold: int(0, { min: 0 }),
  raft_snapshot_interval: inert(duration('30s', '1ms')),
  raft_trailing_logs: int(0, { min: 0 }),
  raft_logstore: inert(opaque()),
  raft_boltdb: inert(opaque()),
  performance: group({
    raft_multiplier: int(1, { min: 1, max: 10 }),
    read_leases: bool(false),
    leave_drain_time: duration('5s'),
    rpc_hold_timeout: duration('7s'),
    grpc_keepalive_interval: inert(duration('30s')),
    grpc_keepalive_timeout: inert(duration('20s')),
    enable_xds_load_balancing: inert(bool(true)),
  }),
  autopilot: group({
    cleanup_dead_servers: bool(true),
    last_contact_threshold: duration('200ms'),
    max_trailing_logs: int(250, { min: 0 }),
    min_quorum: int(0, { min: 0 }),
    server_stabilization_time: duration('10s'),
    disable_upgrade_migration: inert(bool(false)),
    redundancy_zone_tag: refused(text(''), 'this is a feature of Consul Enterprise'),
    upgrade_version_tag: refused(text(''), 'this is a feature of Consul Enterprise'),
  }),
};

interface GossipDefaults {
  readonly nodes: number;
  readonly interval: string;
  readonly probeInterval: string;
  readonly probeTimeout: string;
  readonly suspicionMult: number;
}

function gossip(given: GossipDefaults) {
  return group({
    gossip_nodes: int(given.nodes, { min: 1 }),
    gossip_interval: duration(given.interval, '1ms'),
    probe_interval: duration(given.probeInterval, '1ms'),
    probe_timeout: duration(given.probeTimeout, '1ms'),
    suspicion_mult: int(given.suspicionMult, { min: 1 }),
    retransmit_mult: int(4, { min: 1 }),
  });
}

/** memberlist's keys choose AES-128, AES-192 or AES-256 by their length. */
function gossipKey(given: string): string | undefined {
  if (given === '') return undefined;
  const bytes = Buffer.from(given, 'base64');
  const isBase64 = bytes.toString('base64') === given;
  return isBase64 && [16, 24, 32].includes(bytes.length)
    ? undefined
    : 'must be 16, 24 or 32 bytes in base64 (see `tribune keygen`)';
}

function noCloud(given: string): string | undefined {
  return /^\s*provider=/.test(given) ? 'cloud providers are not served, give addresses or DNS names' : undefined;
}
