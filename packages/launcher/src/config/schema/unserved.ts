import { bool, duration, int, objects, opaque, text, texts } from './kinds';
import { group, inert, refused } from './field';

const ACL = 'access control lists are not served';
const TLS = 'TLS is not served by the agent; put a TLS proxy in front, or keep the agent on a trusted network';
const CONNECT = 'Connect (the service mesh) is not served';
const UI = 'there is no web UI';
const ENTERPRISE = 'this is a feature of Consul Enterprise';

const tlsListener = () =>
  group({
    ca_file: refused(text(''), TLS),
    ca_path: refused(text(''), TLS),
    cert_file: refused(text(''), TLS),
    key_file: refused(text(''), TLS),
    tls_min_version: inert(text('')),
    tls_cipher_suites: inert(text('')),
    verify_incoming: refused(bool(false), TLS),
    verify_outgoing: refused(bool(false), TLS),
    verify_server_hostname: refused(bool(false), TLS),
    use_auto_cert: refused(bool(false), TLS),
  });

/** What Tribune does not serve. Switching it off is accepted, so that a Consul configuration needs no surgery. */
export const unservedFields = {
  acl: group({
    enabled: refused(bool(false), ACL),
    default_policy: inert(text('allow')),
    down_policy: inert(text('extend-cache')),
    policy_ttl: inert(duration('30s')),
    role_ttl: inert(duration('30s')),
    token_ttl: inert(duration('30s')),
    disabled_ttl: inert(duration('2m')),
    enable_key_list_policy: inert(bool(false)),
    enable_token_replication: refused(bool(false), ACL),
    enable_token_persistence: inert(bool(false)),
    msp_disable_bootstrap: inert(bool(false)),
    tokens: inert(opaque()),
  }),
  acl_datacenter: refused(text(''), ACL),
  acl_default_policy: refused(text('allow'), ACL, ''),
  acl_down_policy: inert(text('extend-cache')),
  acl_ttl: inert(duration('30s')),
  acl_disabled_ttl: inert(duration('2m')),
  acl_enable_key_list_policy: inert(bool(false)),
  acl_token: refused(text(''), ACL),
  acl_agent_token: refused(text(''), ACL),
  acl_agent_master_token: refused(text(''), ACL),
  acl_master_token: refused(text(''), ACL),
  acl_replication_token: refused(text(''), ACL),
  enable_acl_replication: refused(bool(false), ACL),

  tls: group({
    defaults: tlsListener(),
    internal_rpc: tlsListener(),
    https: tlsListener(),
    grpc: tlsListener(),
  }),
  ca_file: refused(text(''), TLS),
  ca_path: refused(text(''), TLS),
  cert_file: refused(text(''), TLS),
  key_file: refused(text(''), TLS),
  server_name: inert(text('')),
  tls_min_version: inert(text('')),
  tls_cipher_suites: inert(text('')),
  tls_prefer_server_cipher_suites: inert(bool(false)),
  verify_incoming: refused(bool(false), TLS),
  verify_incoming_rpc: refused(bool(false), TLS),
  verify_incoming_https: refused(bool(false), TLS),
  verify_outgoing: refused(bool(false), TLS),
  verify_server_hostname: refused(bool(false), TLS),
  auto_encrypt: group({
    allow_tls: refused(bool(false), TLS),
    tls: refused(bool(false), TLS),
    dns_san: inert(texts()),
    ip_san: inert(texts()),
  }),
  auto_config: group({
    enabled: refused(bool(false), 'auto_config is not served; use configuration files'),
    intro_token: inert(text('')),
    intro_token_file: inert(text('')),
    server_addresses: inert(texts()),
    dns_sans: inert(texts()),
    ip_sans: inert(texts()),
    authorization: group({
      enabled: refused(bool(false), 'auto_config is not served; use configuration files'),
      static: inert(opaque()),
    }),
  }),

  connect: group({
    enabled: refused(bool(false), CONNECT),
    ca_provider: inert(text('')),
    ca_config: inert(opaque()),
    enable_mesh_gateway_wan_federation: refused(bool(false), CONNECT),
    enable_serverless_plugin: refused(bool(false), CONNECT),
    test_ca_leaf_root_change_spread: inert(duration('0s')),
  }),
  primary_gateways: refused(texts({ flag: 'primary-gateway' }), CONNECT),
  primary_gateways_interval: inert(duration('30s')),
  peering: group({ enabled: refused(bool(false), 'cluster peering is not served') }),
  xds: group({ update_max_per_second: inert(int(250)) }),
  config_entries: group({ bootstrap: refused(objects(), 'config entries are not served') }),
  enable_central_service_config: inert(bool(true)),

  ui: refused(bool(false, { flag: 'ui', help: 'There is no web UI; only -ui=false is accepted.' }), UI),
  ui_dir: refused(text('', { flag: 'ui-dir' }), UI),
  ui_content_path: inert(text('/ui/', { flag: 'ui-content-path' })),
  ui_config: group({
    enabled: refused(bool(false), UI),
    dir: refused(text(''), UI),
    content_path: inert(text('/ui/')),
    metrics_provider: inert(text('')),
    metrics_provider_files: inert(texts()),
    metrics_provider_options_json: inert(text('')),
    metrics_proxy: inert(opaque()),
    dashboard_url_templates: inert(opaque()),
  }),

  audit: group({ enabled: refused(bool(false), ENTERPRISE), sink: inert(opaque()) }),
  license_path: refused(text(''), ENTERPRISE),
  reporting: inert(opaque()),
};
