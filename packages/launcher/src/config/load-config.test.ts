import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentConfig } from './agent-config';
import type { Machine } from './build/build-config';
import { parseFlags } from './load/flags';
import { loadConfig } from './load-config';
import { ConfigError, problemLine } from './schema/problem';

const machine: Machine = {
  hostName: () => 'host-1',
  interfaces: () => [
    { name: 'lo', address: '127.0.0.1', isLoopback: true },
    { name: 'lo', address: '::1', isLoopback: true },
    { name: 'eth0', address: '10.1.2.3', isLoopback: false },
    { name: 'eth0', address: 'fe80::1', isLoopback: false },
    { name: 'eth1', address: '203.0.113.5', isLoopback: false },
  ],
};

const load = (...argv: string[]): AgentConfig => loadConfig(parseFlags(argv), machine);
/** The configuration of a client agent, from a fragment of HCL. */
const loadHcl = (hcl: string): AgentConfig => load('-data-dir=/d', '-hcl', hcl);

function problemsOf(...argv: string[]): string[] {
  try {
    load(...argv);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.detail.problems.map(problemLine);
    throw thrown;
  }
  return [];
}
const problemsOfHcl = (hcl: string): string[] =>
  problemsOf('-data-dir=/d', '-hcl', hcl).map((line) => line.replace(/^-hcl: /, ''));

test.each([
  ['node-1', []],
  [
    'node_1',
    [
      'Node name "node_1" will not be discoverable via DNS due to invalid characters. Valid characters include all alpha-numerics and dashes.',
    ],
  ],
  [
    'x'.repeat(64),
    [
      `Node name "${'x'.repeat(64)}" will not be discoverable via DNS due to it being too long. Valid lengths are between 1 and 63 bytes.`,
    ],
  ],
])('the name %s is taken, with a word when DNS does not carry it', (name, warnings) => {
  expect(load('-data-dir=/d', `-node=${name}`)).toMatchObject({ nodeName: name, warnings });
});

describe('what the agent is told', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'config-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  test('nothing but a data folder makes a client agent with the defaults', () => {
    const config = load('-data-dir=/d');
    expect(config).toMatchObject({
      mode: 'client',
      isDev: false,
      nodeName: 'host-1',
      datacenter: 'dc1',
      dataDir: '/d',
      bindHost: '0.0.0.0',
      advertiseHost: '10.1.2.3',
      http: [{ host: '127.0.0.1', port: 8500 }],
      dns: [{ host: '127.0.0.1', port: 8600 }],
      grpc: [],
      serfLan: { host: '0.0.0.0', port: 8301 },
      serfWan: undefined,
      leaveOnTerminate: true,
      skipLeaveOnInterrupt: false,
      checkUpdateIntervalMs: 300_000,
      log: { level: 'info' },
    });
    expect(Object.isFrozen(config.dnsConfig.soa)).toBe(true);
  });

  test('-dev needs no folder, leads at once and serves gRPC', () => {
    expect(load('--dev')).toMatchObject({
      mode: 'server',
      isDev: true,
      dataDir: '',
      advertiseHost: '127.0.0.1',
      grpc: [{ host: '127.0.0.1', port: 8502 }],
      serfWan: { host: '127.0.0.1', port: 8302 },
      leaveOnTerminate: false,
      skipLeaveOnInterrupt: true,
    });
  });

  test('files are read in lexical order, later ones win, lists and services append, flags beat files', () => {
    mkdirSync(join(folder, 'd'));
    mkdirSync(join(folder, 'd', 'sub.json'));
    file(
      'd/10.json',
      '{"datacenter": "a", "node_name": "ten", "retry_join": ["one"], "services": [{"name": "s1"}], "ports": {"http": 1000, "dns": 1001}}',
    );
    file('d/9.hcl', 'datacenter = "b" retry_join = ["two"] service { name = "s2" } ports { http = 900 }');
    file('d/readme.txt', 'not configuration');
    const config = load('-retry-join=zero', '-config-dir', join(folder, 'd'), '-node', 'flag', '-data-dir=/d');
    expect(config).toMatchObject({ datacenter: 'b', nodeName: 'flag', http: [{ port: 900 }], dns: [{ port: 1001 }] });
    expect(config.joinLan.retry).toEqual(['zero', 'one', 'two']);
    expect(config.services.map(({ service }) => service.service)).toEqual(['s2', 's1']);
  });

  test('-config-file is repeatable, -config-format overrules the extension, and HCL text may be JSON', () => {
    const first = file('a.conf', 'node_name = "a"');
    const second = file('b.conf', '{"datacenter": "east"}');
    expect(load('-config-format=hcl', '-config-file', first, `--config-file=${second}`, '-data-dir=/d')).toMatchObject({
      nodeName: 'a',
      datacenter: 'east',
    });
    expect(problemsOf('-config-file', first, '-data-dir=/d')[0]).toContain(
      'a.conf: the extension must be .hcl or .json',
    );
  });

  test('problems of all files, flags and combinations come at once, each with its place', () => {
    const bad = file('bad.json', '{"bogus": 1, "server": "yes", "ports": {"http": "x", "dns": 70000}}');
    const broken = file('broken.hcl', 'a = [');
    const problems = problemsOf(
      '-config-file',
      bad,
      '-config-file',
      broken,
      '-http-port=x',
      '-nope',
      'extra',
      '-bootstrap-expect=3',
      '-config-file=/none',
    );
    expect([...problems].sort()).toEqual(
      [
        '-http-port: ports.http: expected a whole number, got "x"',
        'Unexpected extra arguments: [extra]',
        'error parsing flags: flag provided but not defined: -nope',
        'config: Open failed on /none. open /none: no such file or directory',
        `${bad}: bogus: invalid config key`,
        `${bad}: server: expected true or false, got "yes"`,
        `${bad}: ports.http: expected a whole number, got "x"`,
        `${bad}: ports.dns: must be at most 65535, got 70000`,
        `${broken}: invalid HCL: line 1, column 6: expected a value, found end of file`,
        "bootstrap_expect: 'bootstrap_expect > 0' requires 'server = true'",
        'data_dir: cannot be empty',
      ].sort(),
    );
  });

  test('a switch takes no value after a space, and -flag=false turns it off', () => {
    expect(load('-server', '-data-dir=/d').mode).toBe('server');
    expect(load('-server=false', '-data-dir=/d').mode).toBe('client');
    expect(problemsOf('-data-dir')).toContain('error parsing flags: flag needs an argument: -data-dir');
  });

  test('-node-meta and repeated lists add up', () => {
    const config = load(
      '-node-meta=a:1',
      '-node-meta',
      'b:x:y',
      '-recursor=8.8.8.8',
      '-recursor=[::1]:5353',
      '-data-dir=/d',
    );
    expect(config.nodeMeta).toEqual({ a: '1', b: 'x:y' });
    expect(config.dnsRecursors).toEqual([
      { host: '8.8.8.8', port: 53 },
      { host: '::1', port: 5353 },
    ]);
  });

  test('bootstrap_expect 1 is bootstrap', () => {
    expect(load('-server', '-bootstrap-expect=1', '-data-dir=/d')).toMatchObject({
      bootstrap: true,
      bootstrapExpect: 0,
    });
  });

  test.each<[string, string, string]>([
    ['GetPrivateIP', '{{ GetPrivateIP }}', '10.1.2.3'],
    ['GetPublicIP', '{{ GetPublicIP }}', '203.0.113.5'],
    ['GetInterfaceIP', '{{ GetInterfaceIP \\"eth0\\" }}', '10.1.2.3'],
    [
      'a pipeline',
      '{{ GetAllInterfaces | include \\"network\\" \\"203.0.113.0/24\\" | attr \\"address\\" }}',
      '203.0.113.5',
    ],
    [
      'exclusion and limits',
      '{{ GetAllInterfaces | exclude \\"name\\" \\"^lo\\" | include \\"type\\" \\"ipv4\\" | offset 1 | limit 1 | join \\"address\\" \\" \\" }}',
      '203.0.113.5',
    ],
  ])('the address template %s', (_, template, address) => {
    expect(loadHcl(`bind_addr = "${template}"`).bindHost).toBe(address);
  });

  test('client_addr is a list, addresses.* overrule it, and sockets are paths', () => {
    const config = loadHcl(
      'client_addr = "127.0.0.1 {{ GetPrivateIP }}" addresses { http = "unix:///run/t.sock ::1" } ports { grpc = 8502 https = -1 }',
    );
    expect(config.http).toEqual([{ path: '/run/t.sock' }, { host: '::1', port: 8500 }]);
    expect(config.grpc).toEqual([
      { host: '127.0.0.1', port: 8502 },
      { host: '10.1.2.3', port: 8502 },
    ]);
  });

  test('what merely switches off what Tribune does not serve is taken', () => {
    const hcl = `
      acl { enabled = false default_policy = "allow" tokens { } }  connect { enabled = false }  ui = false  ui_config { enabled = false }
      verify_incoming = false  auto_encrypt { tls = false }  tls { defaults { verify_outgoing = false } }  peering { enabled = false }
      disable_update_check = true  limits { http_max_conns_per_client = 7 rpc_rate = 100.5 }  telemetry { prometheus_retention_time = "24h" }
      performance { raft_multiplier = 5  read_leases = true }  enable_syslog = false  disable_remote_exec = true  encrypt = ""  raft_protocol = 3`;
    expect(loadHcl(hcl)).toMatchObject({
      limits: { http_max_conns_per_client: 7 },
      raft: { multiplier: 5, readLeases: true },
    });
  });

  test('services and checks of files are decoded with Consul names, in HCL blocks', () => {
    const config = loadHcl(`
      service {
        name = "web"  port = 80  tags = ["a"]  meta { v = "1" }  weights { passing = 5 }
        check { http = "http://127.0.0.1/" interval = "10s" header { X = ["1", "2"] } }
        checks { tcp = "127.0.0.1:80" interval = "1m" }
        checks = [{ ttl = "30s" }]
      }
      check { id = "mem" name = "memory" args = ["/bin/true"] interval = "30s" }`);
    expect(config.services[0]!.service).toMatchObject({
      id: 'web',
      port: 80,
      meta: { v: '1' },
      weights: { passing: 5 },
    });
    expect(config.services[0]!.checks.map(({ http, tcp, ttlNs }) => ({ http, tcp, ttlNs }))).toEqual([
      { http: 'http://127.0.0.1/', tcp: '', ttlNs: 0 },
      { http: '', tcp: '127.0.0.1:80', ttlNs: 0 },
      { http: '', tcp: '', ttlNs: 30e9 },
    ]);
    expect(config.checks[0]).toMatchObject({ checkId: 'mem', args: ['/bin/true'] });
  });
});

describe('each problem names its key', () => {
  test.each<[string, string]>([
    ['node_nam = "x"', 'node_nam: invalid config key, did you mean "node_name"?'],
    ['Datacenter = "x"', 'Datacenter: invalid config key, did you mean "datacenter"?'],
    ['ports { htpp = 1 }', 'ports.htpp: invalid config key, did you mean "http"?'],
    ['datacenter = "a b"', 'datacenter: a datacenter may hold only lower-case letters, digits, "-" and "_", got "a b"'],
    ['datacenter = 5', 'datacenter: expected text, got 5'],
    ['server = 1', 'server: expected true or false, got 1'],
    ['retry_join = [1]', 'retry_join: expected a list of texts, got [1]'],
    [
      'retry_join = ["provider=aws tag_key=x"]',
      'retry_join: cloud providers are not served, give addresses or DNS names, got "provider=aws tag_key=x"',
    ],
    ['retry_interval = "soon"', 'retry_interval: expected a duration such as "10s" or "1m30s", got "soon"'],
    ['retry_interval = 10', 'retry_interval: expected a duration such as "10s" or "1m30s", got 10'],
    ['reconnect_timeout = "1h"', 'reconnect_timeout: must be at least 8h, got 1h0m0s'],
    ['ports { dns = 1.5 }', 'ports.dns: expected a whole number, got 1.5'],
    ['ports { dns = -2 }', 'ports.dns: must be at least -1, got -2'],
    ['ports = 5', 'ports: expected an object, got 5'],
    ['ports { dns = 1 } ports { http = 2 }', 'ports: given 2 times, one is allowed'],
    ['ports { serf_lan = -1 }', 'ports.serf_lan: cannot be -1'],
    ['ports { dns = 8500 }', 'ports.dns: 127.0.0.1:8500 is already used by ports.http'],
    ['bind_addr = "localhost"', 'bind_addr: expected an IP address, got "localhost"'],
    ['bind_addr = "10.0.0.1 10.0.0.2"', 'bind_addr: one address is allowed, got "10.0.0.1 10.0.0.2"'],
    ['bind_addr = "{{ GetInterfaceIP \\"eth9\\" }}"', 'bind_addr: "{{ GetInterfaceIP \\"eth9\\" }}" gives no address'],
    ['bind_addr = "{{ GetMagic }}"', 'bind_addr: unknown template function GetMagic'],
    ['client_addr = "nowhere"', 'client_addr: expected an IP address, got "nowhere"'],
    ['addresses { dns = "unix:///x" }', 'addresses.dns: cannot be a unix socket'],
    ['advertise_addr = "0.0.0.0"', 'advertise_addr: 0.0.0.0 cannot be advertised'],
    [
      'bind_addr = "::"',
      "advertise_addr: No public IPv6 address found. Please configure one with 'bind_addr' and/or 'advertise_addr'.",
    ],
    ['recursors = ["a b"]', 'recursors[0]: expected an IP address with an optional port, got "a b"'],
    ['domain = "a..b"', 'domain: expected a domain name, got "a..b"'],
    ['node_id = "x"', 'node_id: expected a UUID, got "x"'],
    ['node_meta { "a b" = "1" }', 'node_meta.a b: Key contains invalid characters'],
    ['node_meta { a = 1 }', 'node_meta: "a": expected text, got 1'],
    ['encrypt = "short"', 'encrypt: must be 16, 24 or 32 bytes in base64 (see `tribune keygen`), got "short"'],
    ['log_level = "loud"', 'log_level: must be one of trace, debug, info, warn, err, error, got "loud"'],
    ['performance { raft_multiplier = 11 }', 'performance.raft_multiplier: must be at most 10, got 11'],
    [
      'dns_config { service_ttl { web = "x" } }',
      'dns_config.service_ttl.web: expected a duration such as "10s" or "1m30s", got "x"',
    ],
    [
      'http_config { allow_write_http_from = ["10.0.0.0/8"] }',
      'http_config.allow_write_http_from: ["10.0.0.0/8"] is not supported: restrict the HTTP port with a firewall',
    ],
    ['node_name = "a\\nb"', 'node_name: must be 1 to 255 bytes without control characters, got "a\\nb"'],
    ['unix_sockets { user = "root" }', 'unix_sockets.user: expected a numeric id, got "root"'],
    ['autopilot { min_quorum = -1 }', 'autopilot.min_quorum: must be at least 0, got -1'],
    ['layout = "processes" ports { http = 0 }', 'ports.http: cannot be 0 with layout = "processes"'],
    ['unix_sockets { mode = "9" }', 'unix_sockets.mode: expected an octal file mode, got "9"'],
    ['bootstrap = true', "bootstrap: 'bootstrap = true' requires 'server = true'"],
    [
      'server = true bootstrap = true bootstrap_expect = 3',
      "bootstrap: 'bootstrap_expect > 0' and 'bootstrap = true' are mutually exclusive",
    ],
    ['acl { enabled = true }', 'acl.enabled: true is not supported: access control lists are not served'],
    ['acl_datacenter = "dc1"', 'acl_datacenter: "dc1" is not supported: access control lists are not served'],
    ['connect { enabled = true }', 'connect.enabled: true is not supported: Connect (the service mesh) is not served'],
    ['ui = true', 'ui: true is not supported: there is no web UI'],
    [
      'ports { https = 8501 }',
      'ports.https: 8501 is not supported: HTTPS is not served; put a TLS proxy in front of the HTTP port',
    ],
    ['services { port = 1 }', 'services[0].name: Missing service name'],
    ['services { name = "x" prot = 1 }', 'services[0].prot: invalid config key'],
    ['services { name = "x" port = "1" }', 'services[0].port: expected a whole number, got string'],
    [
      'services { name = "x" } services { name = "y" checks { ttl = "1s" } checks { tcp = "a:1" interval = "bad" } }',
      'services[1].checks[1].interval: invalid duration "bad"',
    ],
    [
      'services { name = "x" checks { http = "http://a" } }',
      'services[0].checks[0].interval: Invalid check: Interval must be > 0 for Script, HTTP, or TCP checks',
    ],
    ['check { ttl = "1s" }', 'check.name: Missing check name'],
    ['watches { args = ["/bin/x"] }', 'watches[0].type: a watch type must be specified'],
    ['watches { type = "keys" args = ["/bin/x"] }', 'watches[0].type: unsupported watch type: "keys"'],
    ['watches { type = "key" args = ["/bin/x"] }', 'watches[0].key: must be specified for a watch of type key'],
    [
      'watches { type = "nodes" prefix = "a" args = ["x"] }',
      'watches[0].prefix: invalid key for a watch of type nodes',
    ],
    ['watches { type = "nodes" }', 'watches[0].args: a handler must be given'],
    [
      'watches { type = "nodes" http_handler_config { path = "x" } }',
      'watches[0].http_handler_config.path: expected a URL, got "x"',
    ],
    [
      'service { id = "a" name = "x" } services { id = "a" name = "y" }',
      'services: the id "a" is given more than once',
    ],
  ])('%s', (hcl, problem) => expect(problemsOfHcl(hcl)).toContain(problem));
});
