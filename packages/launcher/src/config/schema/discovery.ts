import { bool, choice, duration, int, objects, text, textMap, texts } from './kinds';
import { group, inert, refused } from './field';

const UINT32_MAX = 4294967295;

/** What is registered, how it is checked, and how DNS answers. */
export const discoveryFields = {
  service: objects(),
  services: objects(),
  check: objects(),
  checks: objects(),
  watches: objects(),
  check_update_interval: duration('5m'),
  check_output_max_size: int(
    4096,
    { min: 1 },
    { flag: 'check_output_max_size', help: 'Sets the maximum output size for checks on this agent' },
  ),
  discard_check_output: bool(false),
  enable_script_checks: bool(false, { flag: 'enable-script-checks', help: 'Enables health check scripts.' }),
  enable_local_script_checks: bool(false, {
    flag: 'enable-local-script-checks',
    help: 'Enables health check scripts from configuration file.',
  }),
  enable_agent_tls_for_checks: refused(bool(false), 'the agent has no TLS certificate to offer'),
  disable_remote_exec: refused(bool(true), '`exec` is not served'),

  domain: text('consul.', { flag: 'domain', help: 'Domain to use for DNS interface.' }),
  alt_domain: text('', { flag: 'alt-domain', help: 'Alternate domain to use for DNS interface.' }),
  recursors: texts({ flag: 'recursor', help: 'Address of an upstream DNS server. Can be specified multiple times.' }),
  dns_config: group({
    allow_stale: refused(bool(true), 'DNS is answered from memory, which follows the leader'),
    max_stale: inert(duration('87600h')),
    node_ttl: duration('0s'),
    service_ttl: textMap(),
    only_passing: bool(false),
    enable_truncate: bool(false),
    udp_answer_limit: int(3, { min: 0 }),
    a_record_limit: int(0, { min: 0 }),
    disable_compression: bool(false),
    recursor_timeout: duration('2s'),
    recursor_strategy: choice('sequential', ['sequential', 'random', '']),
    enable_additional_node_meta_txt: bool(true),
    soa: group({
      refresh: int(3600, { min: 0, max: UINT32_MAX }),
      retry: int(600, { min: 0, max: UINT32_MAX }),
      expire: int(86400, { min: 0, max: UINT32_MAX }),
      min_ttl: int(0, { min: 0, max: UINT32_MAX }),
    }),
    use_cache: inert(bool(false)),
    cache_max_age: inert(duration('0s')),
    prefer_namespace: inert(bool(false)),
  }),
};
