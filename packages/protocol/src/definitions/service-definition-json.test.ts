import type { JsonObject, JsonValue } from '../model/catalog';
import { checkDefinitionFromJson } from './check-definition-json';
import { serviceDefinitionFromJson } from './service-definition-json';

const textsOf = (value: JsonValue): string[] => serviceDefinitionFromJson(value).problems.map(({ text }) => text);
const withCheck = (check: JsonObject): JsonObject => ({ name: 'web', check });

test('camel case, snake case and lower case spell the same field', () => {
  const spellings: JsonObject[] = [
    { ID: 'w1', Name: 'web', EnableTagOverride: true, Check: { TTL: '10s', DeregisterCriticalServiceAfter: '1m' } },
    {
      id: 'w1',
      name: 'web',
      enable_tag_override: true,
      check: { ttl: '10s', deregister_critical_service_after: '1m' },
    },
    { id: 'w1', name: 'web', enabletagoverride: true, check: { ttl: '10s', deregistercriticalserviceafter: '1m' } },
  ];
  const decoded = spellings.map((spelling) => serviceDefinitionFromJson(spelling));
  expect(decoded.map(({ problems }) => problems)).toEqual([[], [], []]);
  expect(decoded[1]).toEqual(decoded[0]);
  expect(decoded[2]).toEqual(decoded[0]);
  expect(decoded[0]!.definition.checks[0]).toMatchObject({ ttlNs: 10e9, deregisterCriticalServiceAfterNs: 60e9 });
});

test('the id defaults to the name and weights to one', () => {
  const { definition } = serviceDefinitionFromJson({ name: 'web' });
  expect(definition.service).toMatchObject({ id: 'web', weights: { passing: 1, warning: 1 }, tags: null, meta: null });
});

test.each<[JsonValue, string]>([
  [{ id: 'w' }, 'Missing service name'],
  [{ name: 'a', foo: 1 }, 'json: unknown field "foo"'],
  [{ name: 'a', port: 'x' }, 'json: cannot unmarshal string into Go struct field .Port of type int'],
  [{ name: 'a', port: 1.5 }, 'json: cannot unmarshal number 1.5 into Go struct field .Port of type int'],
  [{ name: 'a', tags: 'x' }, 'json: cannot unmarshal string into Go struct field .Tags of type []string'],
  [{ name: 'a', meta: { x: 1 } }, 'json: cannot unmarshal number into Go struct field .Meta of type string'],
  [withCheck({ http: 5, interval: '1s' }), 'json: cannot unmarshal number into Go struct field .Check of type string'],
  [withCheck({ http: 'a', interval: 'zzz' }), 'time: invalid duration "zzz"'],
  [withCheck({ http: 'a', interval: true }), 'Invalid check: Interval must be > 0 for Script, HTTP, or TCP checks'],
  [withCheck({ ttl: '1s', args: ['x'], interval: '1s' }), 'Invalid check: Interval and TTL cannot both be specified'],
  [withCheck({ timeout: '10s' }), 'Invalid check: TTL must be > 0 for TTL checks'],
  [{ name: 'a', checks: [{}] }, 'Invalid check: TTL must be > 0 for TTL checks'],
  [{ name: 'a', checks: {} }, 'json: cannot unmarshal object into Go struct field .Checks of type structs.CheckTypes'],
  [withCheck({ ttl: '1s', status: 'bad' }), "Status for checks must 'passing', 'warning', 'critical'"],
  [withCheck({ ttl: '1s', outputmaxsize: -1 }), 'Invalid check: MaxOutputMaxSize must be positive'],
  [{ name: 'a', weights: { passing: 0 } }, 'Invalid Weights: Passing must be greater than 0'],
  [{ name: 'a', weights: { passing: 1, warning: -1 } }, 'Invalid Weights: Warning must be greater or equal than 0'],
  [{ name: 'a', weights: { passing: 99_999 } }, 'Invalid Weights: DNS Weight must be between 0 and 65535'],
  [
    { name: 'a', weights: { passing: '1', warning: 1 } },
    'json: cannot unmarshal string into Go struct field Weights.Weights.Passing of type int',
  ],
  [{ name: 'a', address: '::' }, 'Invalid service address'],
  [
    { name: 'a', meta: { 'a b': '1' } },
    "Invalid Service Meta: Couldn't load metadata pair ('a b', '1'): Key contains invalid characters",
  ],
  [
    { name: 'a', kind: 'connect-proxy' },
    '2 errors occurred:\n\t* Proxy.DestinationServiceName must be non-empty for Connect proxy services\n\t* Port must be set for a Connect proxy\n\n',
  ],
  [withCheck({ http: 'a', interval: '5' }), 'time: missing unit in duration "5"'],
  [withCheck({ http: 'a', interval: '5x' }), 'time: unknown unit "x" in duration "5x"'],
  [
    {
      name: 'a',
      kind: 'connect-proxy',
      port: 1,
      proxy: { DestinationServiceName: 'x', Upstreams: [{ DestinationName: 'y' }, { LocalBindPort: 1 }] },
    },
    '2 errors occurred:\n\t* upstream local bind port cannot be zero\n\t* upstream destination name cannot be empty\n\n',
  ],
  [
    { name: 'a', connect: { sidecar_service: { connect: { sidecar_service: {} } } } },
    '1 error occurred:\n\t* A SidecarService cannot have a nested SidecarService\n\n',
  ],
])('%j is refused with the text of Consul', (value, text) => {
  expect(textsOf(value)[0]).toBe(text);
});

test('all problems are reported, each with its field', () => {
  const { problems } = serviceDefinitionFromJson({ port: 'x', address: '0.0.0.0', checks: [{ http: 'a' }] });
  expect(problems.map(({ kind, field }) => [kind, field])).toEqual([
    ['decode', 'Port'],
    ['invalid', 'Name'],
    ['invalid', 'Address'],
    ['invalid', 'Checks[0].Interval'],
  ]);
});

test('an empty check is passed over', () => {
  const { definition, problems } = serviceDefinitionFromJson(withCheck({}));
  expect([definition.checks, problems]).toEqual([[], []]);
});

test('proxy settings get the spelling of Consul and its defaults, user configuration stays as it is', () => {
  const { definition, problems } = serviceDefinitionFromJson({
    name: 'p',
    kind: 'connect-proxy',
    port: 1,
    proxy: {
      destination_service_name: 'db',
      config: { a_b: 1n },
      upstreams: [{ local_bind_port: 9, destination_name: 'x' }],
    },
  });
  expect(problems).toEqual([]);
  expect(definition.service.proxy).toEqual({
    DestinationServiceName: 'db',
    Config: { a_b: 1n },
    Upstreams: [
      {
        DestinationType: 'service',
        DestinationName: 'x',
        Datacenter: '',
        LocalBindPort: 9,
        Config: null,
        MeshGateway: {},
      },
    ],
    MeshGateway: {},
    Expose: {},
  });
});

test.each<[JsonObject, string]>([
  [{ LocalServicePort: 'x' }, 'json: cannot unmarshal string into Go struct field .Proxy of type int'],
  [{ LocalServicePort: 1.5 }, 'json: cannot unmarshal number into Go struct field .Proxy of type int'],
  [{ DestinationServiceName: 5 }, 'json: cannot unmarshal number into Go struct field .Proxy of type string'],
  [{ Upstreams: [{ LocalBindPort: 'x' }] }, 'json: cannot unmarshal string into Go struct field .Proxy of type int'],
  [{ Expose: { Checks: 1 } }, 'json: cannot unmarshal number into Go struct field .Proxy of type bool'],
  [{ Bogus: 1 }, 'json: unknown field "Bogus"'],
])('the proxy settings %j are refused', (proxy, text) => {
  expect(textsOf({ name: 'a', kind: 'connect-proxy', port: 1, proxy })[0]).toBe(text);
});

test('a sidecar comes along without an id of its own', () => {
  const { definition } = serviceDefinitionFromJson({ name: 'web', connect: { sidecar_service: { port: 1 } } });
  expect(definition.sidecar!.service).toMatchObject({ id: '', service: '', port: 1 });
});

test('hostile keys are unknown fields, nothing more', () => {
  const hostile = JSON.parse('{"name":"a","__proto__":{"port":1},"constructor":1}') as JsonObject;
  expect(textsOf(hostile)).toEqual(['json: unknown field "__proto__"', 'json: unknown field "constructor"']);
});

test.each<[JsonObject, string]>([
  [{ ttl: '5s' }, 'Missing check name'],
  [{ name: 'a', ttl: '5s', status: 'bogus' }, 'Bad check status'],
  [{ name: 'a' }, 'Invalid check: TTL must be > 0 for TTL checks'],
  [
    { name: 'a', args: 'x', interval: '1s' },
    'json: cannot unmarshal string into Go struct field .args of type []string',
  ],
  [{ name: 'a', ttl: '10s', checkid: 'q' }, 'json: unknown field "checkid"'],
])('the check %j is refused with the text of Consul', (value, text) => {
  expect(checkDefinitionFromJson(value).problems[0]!.text).toBe(text);
});

test('a file may name a check by id or by check id', () => {
  const inFile = (value: JsonObject): string => checkDefinitionFromJson(value, 'file').definition.checkId;
  expect([inFile({ id: 'x', name: 'a', ttl: '5s' }), inFile({ check_id: 'x', name: 'a', ttl: '5s' })]).toEqual([
    'x',
    'x',
  ]);
});

test('a number is a duration in nanoseconds', () => {
  expect(checkDefinitionFromJson({ name: 'a', ttl: 10 }).definition.ttlNs).toBe(10);
});
