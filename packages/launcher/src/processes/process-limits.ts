import { devProfile } from '../config/load/dev-profile';
import { agentFields, leavesOf, type DecodedAgent } from '../config/schema/agent-fields';
import type { Report } from '../config/build/addresses';

/** Keys that the pieces' own command lines do not have yet. Groups count with all that is in them. */
const INLINE_ONLY = [
  'gossip_lan',
  'gossip_wan',
  'reconnect_timeout',
  'encrypt_verify_incoming',
  'encrypt_verify_outgoing',
  'rejoin_after_leave',
  'serf_lan',
  'serf_wan',
  'advertise_addr_wan',
  'raft_snapshot_threshold',
  'raft_trailing_logs',
  'http_config',
  'limits.kv_max_value_size',
  'limits.txn_max_req_len',
  'default_query_time',
  'max_query_time',
  'discovery_max_stale',
  'session_ttl_min',
  'disable_http_unprintable_char_filter',
  'performance.rpc_hold_timeout',
  'check_output_max_size',
  'discard_check_output',
  'telemetry.prometheus_retention_time',
] as const;

/** With `layout = "processes"` a key that would be lost on the way is refused rather than ignored. */
export function checkProcessLayout(given: DecodedAgent, isDev: boolean, report: Report): void {
  if (given.layout !== 'processes') return;
  for (const { path, leaf } of leavesOf(agentFields)) {
    const key = path.join('.');
    if (leaf.support.kind !== 'served' || !INLINE_ONLY.some((one) => key === one || key.startsWith(`${one}.`)))
      continue;
    const usual = (isDev ? valueAt(devProfile, path) : undefined) ?? leaf.default;
    if (JSON.stringify(valueAt(given, path)) !== JSON.stringify(usual))
      report(key, 'is not supported with layout = "processes"');
  }
  const zero = (['http', 'dns', 'grpc', 'server', 'serf_lan'] as const).filter((name) => given.ports[name] === 0);
  for (const name of zero) report(`ports.${name}`, 'cannot be 0 with layout = "processes"');
  if (given.ports.http === -1) report('ports.http', 'cannot be -1 with layout = "processes"');
}

const valueAt = (tree: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Readonly<Record<string, unknown>> | undefined)?.[key], tree);
