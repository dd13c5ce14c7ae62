import { SERVICE_NODE_FIELDS, HEALTH_FIELDS, INSTANCE_FIELDS } from './fields';
import { compileFilter } from './filter';

const row = {
  Node: 'f1',
  ServiceTags: ['t1', 't2'],
  ServicePort: 10,
  ServiceEnableTagOverride: false,
  ServiceMeta: { m: 'v', 'with-dash': 'y' },
  ServiceProxy: { MeshGateway: {}, Expose: {}, Upstreams: [{ DestinationName: 'db', LocalBindPort: 1 }] },
  TaggedAddresses: null,
};

test.each([
  ['Node == f1', true],
  ['Node != "f1"', false],
  ['ServicePort == 10 and not (Node == f2)', true],
  ['t1 in ServiceTags', true],
  ['ServiceTags contains "t3"', false],
  ['ServiceTags is not empty', true],
  ['TaggedAddresses is empty', true],
  ['TaggedAddresses.lan == x', false],
  ['TaggedAddresses.lan != x', true],
  ['ServiceMeta["with-dash"] == y', true],
  ['Node matches "^f[0-9]+$"', true],
  ['"1" in Node', true],
  ['ServiceProxy.Upstreams.DestinationName == db', true],
  ['ServiceProxy.Upstreams.LocalBindPort != 1', false],
  ['ServiceProxy.DestinationServiceName == ""', true],
  ['ServiceEnableTagOverride == F', true],
])('%s: %s', (text, wanted) => {
  expect(compileFilter(text, SERVICE_NODE_FIELDS)(row)).toBe(wanted);
});

test('a member that JSON leaves out has its zero value', () => {
  expect(compileFilter('Kind == "" and Kind not matches "x"', INSTANCE_FIELDS)({ Kind: undefined })).toBe(true);
});

test('a list of structs fits when one element does', () => {
  const health = { Node: {}, Service: {}, Checks: [{ Status: 'passing' }, { Status: 'critical' }] };
  expect(compileFilter('Checks.Status == critical', HEALTH_FIELDS)(health)).toBe(true);
  expect(compileFilter('Checks.Status == warning', HEALTH_FIELDS)(health)).toBe(false);
});

test.each([
  ['Bogus == 1', 'Selector "Bogus" is not valid'],
  ['ServiceProxy.Config.x == 1', 'Selector "ServiceProxy.Config" is not valid'],
  ['ServiceTags == x', 'Invalid match operator "Equal" for selector "ServiceTags"'],
  [
    'ServicePort == abc',
    'Failed to coerce value "abc" for selector "ServicePort": strconv.ParseInt: parsing "abc": invalid syntax',
  ],
  ['Node matches "["', 'Failed to compile regular expression "[": error parsing regexp: missing closing ]: `[`'],
])('%s is refused', (text, problem) => {
  expect(() => compileFilter(text, SERVICE_NODE_FIELDS)).toThrow(
    `Failed to create boolean expression evaluator: ${problem}`,
  );
});

test('a pattern that backtracks elsewhere takes linear time', () => {
  const started = performance.now();
  compileFilter('Node matches "(a*)*b"', SERVICE_NODE_FIELDS)({ Node: 'a'.repeat(5_000) });
  expect(performance.now() - started).toBeLessThan(2_000);
});
