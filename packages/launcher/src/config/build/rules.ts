import { isIP } from 'node:net';
import type { AgentConfig, HostPort, ListenAddress } from '../agent-config';
import type { DecodedAgent } from '../schema/agent-fields';
import { checkProcessLayout } from '../../processes/process-limits';
import type { Report } from './addresses';

const UUID = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;
/** Consul's limits for node metadata. */
const META = { pairsMax: 64, keyMax: 128, valueMax: 512 };

/** What single keys cannot tell: combinations, and values with a meaning beyond their type. */
export function checkRules(given: DecodedAgent, isDev: boolean, report: Report): void {
  checkServer(given, isDev, report);
  checkProcessLayout(given, report);
  if (given.data_dir === '' && !isDev) report('data_dir', 'cannot be empty');
  if (given.node_id !== '' && !UUID.test(given.node_id))
    report('node_id', `expected a UUID, got ${JSON.stringify(given.node_id)}`);
  checkNodeMeta(given.node_meta, report);
  checkDomains(given, report);
  if (given.watches.length > 0 && given.ports.http === -1)
    report('watches', 'need the HTTP API, which ports.http = -1 switches off');
  if (given.unix_sockets.mode !== '' && !/^[0-7]{1,4}$/.test(given.unix_sockets.mode)) {
    report('unix_sockets.mode', `expected an octal file mode, got ${JSON.stringify(given.unix_sockets.mode)}`);
  }
  for (const key of ['user', 'group'] as const) {
    if (!/^\d*$/.test(given.unix_sockets[key]))
      report(`unix_sockets.${key}`, `expected a numeric id, got ${JSON.stringify(given.unix_sockets[key])}`);
  }
  if (given.reconnect_timeout_wan !== given.reconnect_timeout)
    report('reconnect_timeout_wan', 'must be the same as reconnect_timeout');
  for (const key of ['default_query_time', 'max_query_time'] as const)
    if (given[key] <= 0) report(key, 'must be more than 0');
}

function checkServer(given: DecodedAgent, isDev: boolean, report: Report): void {
  const expect = given.bootstrap_expect;
  if (expect > 0 && isDev) report('bootstrap_expect', "'bootstrap_expect > 0' not allowed in dev mode");
  if (expect > 0 && !given.server) report('bootstrap_expect', "'bootstrap_expect > 0' requires 'server = true'");
  if (given.bootstrap && !given.server) report('bootstrap', "'bootstrap = true' requires 'server = true'");
  if (expect > 0 && given.bootstrap)
    report('bootstrap', "'bootstrap_expect > 0' and 'bootstrap = true' are mutually exclusive");
  if (given.server && given.ports.server === -1) report('ports.server', 'cannot be -1 on a server');
  if (given.ports.serf_lan === -1) report('ports.serf_lan', 'cannot be -1');
  if (!given.server) {
    for (const key of ['retry_join_wan', 'start_join_wan'] as const)
      if (given[key].length > 0) report(key, "requires 'server = true'");
  }
}

function checkNodeMeta(meta: Readonly<Record<string, string>>, report: Report): void {
  const pairs = Object.entries(meta);
  if (pairs.length > META.pairsMax) report('node_meta', `cannot have more than ${META.pairsMax} key/value pairs`);
  for (const [key, value] of pairs) {
    if (!/^[a-zA-Z0-9_-]+$/.test(key)) report(`node_meta.${key}`, 'Key contains invalid characters');
    if (key.length > META.keyMax) report(`node_meta.${key}`, `Key is too long (limit: ${META.keyMax} characters)`);
    if (key.startsWith('consul-')) report(`node_meta.${key}`, "Key prefix 'consul-' is reserved for internal use");
    if (value.length > META.valueMax)
      report(`node_meta.${key}`, `Value is too long (limit: ${META.valueMax} characters)`);
  }
}

function checkDomains(given: DecodedAgent, report: Report): void {
  const isDomain = (text: string): boolean =>
    /^([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.?)+$/.test(text) && text.length < 254;
  for (const key of ['domain', 'alt_domain'] as const) {
    if (given[key] !== '' && !isDomain(given[key]))
      report(key, `expected a domain name, got ${JSON.stringify(given[key])}`);
  }
  if (given.domain === '') report('domain', 'cannot be empty');
}

/** Two listeners of the same protocol on one address and port: the second could never open. */
export function checkListeners(config: AgentConfig, report: Report): void {
  const tcp: [string, ListenAddress][] = [
    ...config.http.map((one): [string, ListenAddress] => ['ports.http', one]),
    ...config.grpc.map((one): [string, ListenAddress] => ['ports.grpc', one]),
    ...config.dns.map((one): [string, ListenAddress] => ['ports.dns', one]),
    ['ports.serf_lan', config.serfLan],
    ...(config.serfWan ? [['ports.serf_wan', config.serfWan] satisfies [string, HostPort]] : []),
    ...(config.mode === 'server' ? [['ports.server', config.serverRpc] satisfies [string, HostPort]] : []),
  ];
  const seen: [string, ListenAddress][] = [];
  for (const [key, address] of tcp) {
    const before = seen.find(([other, taken]) => other !== key && isSame(address, taken));
    if (before) report(key, `${printed(address)} is already used by ${before[0]}`);
    seen.push([key, address]);
  }
}

function isSame(a: ListenAddress, b: ListenAddress): boolean {
  if ('path' in a || 'path' in b) return 'path' in a && 'path' in b && a.path === b.path;
  const wild = [a.host, b.host].some((host) => host === '0.0.0.0' || host === '::');
  return a.port > 0 && a.port === b.port && (a.host === b.host || (wild && isIP(a.host) === isIP(b.host)));
}

const printed = (address: ListenAddress): string =>
  'path' in address ? `unix://${address.path}` : `${address.host}:${address.port}`;
