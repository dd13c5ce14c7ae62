import { bool, duration, float, int, port, text, textMap, texts } from './kinds';
import { group, inert, refused } from './field';

/** Where this agent listens and what it tells others to dial. Addresses may be go-sockaddr templates. */
export const networkFields = {
  bind_addr: text('0.0.0.0', { flag: 'bind', help: 'Sets the bind address for cluster communication.' }),
  client_addr: text('127.0.0.1', {
    flag: 'client',
    help: 'Sets the address to bind for client access. This includes DNS, HTTP and gRPC.',
  }),
  addresses: group({
    dns: text(''),
    http: text(''),
    https: text(''),
    grpc: text(''),
    grpc_tls: inert(text('')),
  }),
  advertise_addr: text('', { flag: 'advertise', help: 'Sets the advertise address to use.' }),
  advertise_addr_ipv4: text(''),
  advertise_addr_ipv6: text(''),
  advertise_addr_wan: text('', {
    flag: 'advertise-wan',
    help: 'Sets address to advertise on WAN instead of -advertise address.',
  }),
  advertise_addr_wan_ipv4: text(''),
  advertise_addr_wan_ipv6: text(''),
  advertise_reconnect_timeout: inert(duration('0s')),
  tagged_addresses: textMap(),
  serf_lan: text('', { flag: 'serf-lan-bind', help: 'Address to bind Serf LAN listeners to.' }),
  serf_wan: text('', { flag: 'serf-wan-bind', help: 'Address to bind Serf WAN listeners to.' }),
  serf_lan_allowed_cidrs: refused(
    texts({ flag: 'serf-lan-allowed-cidrs' }),
    'restrict the gossip ports with a firewall, or set `encrypt`',
  ),
  serf_wan_allowed_cidrs: refused(
    texts({ flag: 'serf-wan-allowed-cidrs' }),
    'restrict the gossip ports with a firewall, or set `encrypt`',
  ),
  translate_wan_addrs: refused(bool(false), 'WAN addresses are not translated'),
  unix_sockets: group({ user: text(''), group: text(''), mode: text('') }),
  ports: group({
    dns: port(8600, { flag: 'dns-port', help: 'DNS port to use. -1 switches DNS off.' }),
    http: port(8500, { flag: 'http-port', help: 'Sets the HTTP API port to listen on. -1 switches HTTP off.' }),
    https: refused(
      port(-1, { flag: 'https-port', help: 'HTTPS is not served; only -1 is accepted.' }),
      'HTTPS is not served; put a TLS proxy in front of the HTTP port',
    ),
    grpc: port(-1, {
      flag: 'grpc-port',
      help: 'Sets the public gRPC API port to listen on. -1 (the default, 8502 with -dev) switches it off.',
    }),
    grpc_tls: refused(port(-1, { flag: 'grpc-tls-port' }), 'gRPC with TLS is not served'),
    serf_lan: port(8301, { flag: 'serf-lan-port', help: 'Sets the Serf LAN port to listen on.' }),
    serf_wan: port(8302, {
      flag: 'serf-wan-port',
      help: 'Sets the Serf WAN port to listen on. -1 switches the WAN pool off.',
    }),
    server: port(8300, { flag: 'server-port', help: 'Sets the port of the gRPC between servers.' }),
    proxy_min_port: inert(port(0)),
    proxy_max_port: inert(port(0)),
    sidecar_min_port: inert(port(21000)),
    sidecar_max_port: inert(port(21255)),
    expose_min_port: inert(port(21500)),
    expose_max_port: inert(port(21755)),
  }),

  http_config: group({
    block_endpoints: texts(),
    response_headers: textMap(),
    allow_write_http_from: refused(texts({ flag: 'allow-write-http-from' }), 'restrict the HTTP port with a firewall'),
    use_cache: inert(bool(true)),
    max_header_bytes: inert(int(0, { min: 0 })),
  }),
  disable_http_unprintable_char_filter: bool(false),
  disable_kv_key_validation: inert(bool(false)),
  limits: group({
    http_max_conns_per_client: int(200, { min: 0 }),
    https_handshake_timeout: inert(duration('5s')),
    rpc_handshake_timeout: inert(duration('5s')),
    rpc_client_timeout: inert(duration('60s')),
    rpc_max_conns_per_client: inert(int(100, { min: 0 })),
    rpc_rate: inert(float(-1)),
    rpc_max_burst: inert(int(1000, { min: 0 })),
    kv_max_value_size: int(524288, { min: 1 }),
    txn_max_req_len: int(524288, { min: 1 }),
    request_limits: group({
      mode: refused(text('disabled'), 'request limits are not served'),
      read_rate: inert(float(-1)),
      write_rate: inert(float(-1)),
    }),
  }),
  default_query_time: duration('300s', '1ms', {
    flag: 'default-query-time',
    help: 'The time a blocking query waits before the agent forces a response. A `wait` query parameter overrides it.',
  }),
  max_query_time: duration('600s', '1ms', {
    flag: 'max-query-time',
    help: 'The longest time a blocking query can ask to wait before the agent forces a response.',
  }),
  discovery_max_stale: duration('0s'),
  use_streaming_backend: inert(bool(true)),
  rpc: group({ enable_streaming: inert(bool(true)) }),
  session_ttl_min: duration('10s'),
};
