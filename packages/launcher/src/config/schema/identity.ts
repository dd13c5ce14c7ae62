import { bool, choice, duration, float, int, opaque, optionalBool, text, textMap, texts } from './kinds';
import { group, inert, refused } from './field';

const ENTERPRISE = 'this is a feature of Consul Enterprise';
const NAME = /^[a-z0-9_-]+$/;
const basicName = (what: string) => (given: string) =>
  NAME.test(given) ? undefined : `${what} may hold only lower-case letters, digits, "-" and "_"`;

/** Who this agent is, what it keeps on disk, and how it logs. */
export const identityFields = {
  node_name: text('', {
    flag: 'node',
    help: 'Name of this node. Must be unique in the cluster. Defaults to the host name.',
  }),
  node_id: text('', {
    flag: 'node-id',
    help: 'A unique ID for this node across space and time. Defaults to a randomly-generated ID that persists in the data-dir.',
  }),
  node_meta: textMap({
    flag: 'node-meta',
    help: 'An arbitrary metadata key/value pair for this node, of the format `key:value`. Can be specified multiple times.',
  }),
  disable_host_node_id: inert(
    bool(true, {
      flag: 'disable-host-node-id',
      help: 'Node IDs are never derived from the host; accepted for compatibility.',
    }),
  ),
  datacenter: text('dc1', { flag: 'datacenter', help: 'Datacenter of the agent.' }, (given) =>
    basicName('a datacenter')(given.toLowerCase()),
  ),
  primary_datacenter: inert(text('')),
  data_dir: text('', { flag: 'data-dir', help: 'Path to a data directory to store agent state.' }),
  pid_file: text('', { flag: 'pid-file', help: 'Path to file to store agent PID.' }),
  partition: refused(text('', { flag: 'partition' }), ENTERPRISE, 'default'),
  segment: refused(text('', { flag: 'segment' }), ENTERPRISE),
  segments: refused(opaque(), ENTERPRISE, []),
  locality: refused(opaque(), ENTERPRISE, {}),
  protocol: inert(
    int(2, { min: 2, max: 3 }, { flag: 'protocol', help: 'Sets the protocol version. Defaults to latest.' }),
  ),
  layout: choice('inline', ['inline', 'processes'], {
    flag: 'layout',
    help: 'How the pieces of the agent run: "inline" in one process, or "processes", each in its own.',
  }),

  log_level: choice('info', ['trace', 'debug', 'info', 'warn', 'err', 'error'], {
    flag: 'log-level',
    help: 'Log level of the agent.',
  }),
  log_json: optionalBool({
    flag: 'log-json',
    help: 'Output logs in JSON format. Default: text in a terminal, JSON otherwise.',
  }),
  log_file: text('', { flag: 'log-file', help: 'Path to the file the logs get written to' }),
  log_rotate_bytes: int(
    0,
    { min: 0 },
    { flag: 'log-rotate-bytes', help: 'Maximum number of bytes that should be written to a log file' },
  ),
  log_rotate_duration: duration('24h', '0s', {
    flag: 'log-rotate-duration',
    help: 'Time after which log rotation needs to be performed',
  }),
  log_rotate_max_files: int(
    0,
    { min: -1 },
    { flag: 'log-rotate-max-files', help: 'Maximum number of log file archives to keep' },
  ),
  enable_syslog: refused(
    bool(false, { flag: 'syslog', help: 'Enables logging to syslog.' }),
    'logging to syslog is not served; let the service manager collect standard output',
  ),
  syslog_facility: inert(text('LOCAL0')),

  telemetry: group({
    prometheus_retention_time: duration('0s'),
    disable_hostname: inert(bool(false)),
    metrics_prefix: inert(text('consul')),
    prefix_filter: inert(texts()),
    filter_default: inert(bool(true)),
    enable_host_metrics: inert(bool(false)),
    disable_per_tenancy_usage_metrics: inert(bool(false)),
    disable_compat_1_9: inert(bool(false)),
    'disable_compat_1.9': inert(bool(false)),
    retry_failed_connection: inert(bool(true)),
    certificate: inert(opaque()),
    dogstatsd_tags: inert(texts()),
    statsd_address: refused(text(''), 'metrics are pulled (GET /metrics), not pushed'),
    statsite_address: refused(text(''), 'metrics are pulled (GET /metrics), not pushed'),
    dogstatsd_addr: refused(text(''), 'metrics are pulled (GET /metrics), not pushed'),
    ...circonus(),
  }),
  disable_update_check: inert(bool(false)),
  disable_anonymous_signature: inert(bool(false)),
  enable_debug: inert(bool(false)),
  experiments: refused(texts(), 'there are no experiments to switch on'),
  snapshot_agent: inert(opaque()),
  auto_reload_config: refused(
    bool(false, { flag: 'auto-reload-config' }),
    'send SIGHUP or run `tribune reload` instead',
  ),
  cache: group({
    entry_fetch_rate: inert(float(1)),
    entry_fetch_rate_limit: inert(float(1)),
    entry_fetch_max_burst: inert(int(2, { min: 1 })),
  }),
};

function circonus() {
  const why = 'Circonus is not served; metrics are pulled (GET /metrics)';
  return {
    circonus_api_app: refused(text(''), why),
    circonus_api_token: refused(text(''), why),
    circonus_api_url: refused(text(''), why),
    circonus_broker_id: refused(text(''), why),
    circonus_broker_select_tag: refused(text(''), why),
    circonus_check_display_name: refused(text(''), why),
    circonus_check_force_metric_activation: refused(text(''), why, 'false'),
    circonus_check_id: refused(text(''), why),
    circonus_check_instance_id: refused(text(''), why),
    circonus_check_search_tag: refused(text(''), why),
    circonus_check_tags: refused(text(''), why),
    circonus_submission_interval: refused(text(''), why),
    circonus_submission_url: refused(text(''), why),
  };
}
