import { harness, type Harness } from '../testing/harness';
import { findNode, listNodes, listServices, nodeServices, serviceInstances } from './catalog';
import { checksInState, nodeChecks, serviceChecks, serviceHealth } from './health';
import { kvGet, kvKeys, kvList } from './kv';
import { nodeSessions, session, sessions } from './sessions';
import { setting } from './settings';

const ID = '40e4a748-2192-161a-0510-9bf59fe950b5';

/** The scene of Consul's recorded health answers: five nodes, one service, a proxy. */
function scene(): Harness {
  const h = harness();
  h.register('h1', {
    node: { meta: { zone: 'a' } },
    service: { id: 'api1', service: 'api', tags: ['blue', 'x'] },
    checks: [{ checkId: 'api1', serviceId: 'api1' }, { checkId: 'node1' }],
  });
  h.register('h2', {
    node: { meta: { zone: 'b' } },
    service: { id: 'api2', service: 'api', tags: ['green', 'x'] },
    checks: [{ checkId: 'api2', serviceId: 'api2', status: 'warning' }],
  });
  h.register('h3', {
    node: { meta: { zone: 'a' } },
    service: { id: 'api3', service: 'api' },
    checks: [{ checkId: 'api3', serviceId: 'api3', status: 'critical' }],
  });
  h.register('h4', { service: { id: 'api4', service: 'api' }, checks: [{ checkId: 'node4', status: 'critical' }] });
  h.register('h5', { service: { id: 'api5', service: 'api' } });
  h.register('h5', {
    service: { id: 'apip', service: 'api-proxy', kind: 'connect-proxy', proxy: { DestinationServiceName: 'api' } },
  });
  return h;
}

const ids = (found: { value: readonly { service: { id: string } }[] }): string[] =>
  found.value.map((each) => each.service.id);

describe('instances and their health', () => {
  test('come in the same order, by node and id', () => {
    const h = scene();
    h.register('h1', { node: { meta: { zone: 'a' } }, service: { id: 'api0', service: 'api' } });
    expect(ids(serviceInstances(h.tables, 'api'))).toEqual(['api0', 'api1', 'api2', 'api3', 'api4', 'api5']);
    expect(ids(serviceHealth(h.tables, 'api'))).toEqual(ids(serviceInstances(h.tables, 'api')));
  });

  test.each<[Parameters<typeof serviceHealth>[2], string[]]>([
    [{ passingOnly: true }, ['api1', 'api5']],
    [{ tags: ['BLUE'] }, ['api1']],
    [{ tags: ['x', 'green'] }, ['api2']],
    [{ tags: ['x', 'none'] }, []],
    [{ tags: [''] }, []],
    [{ nodeMeta: { zone: 'a' } }, ['api1', 'api3']],
    [{ nodeMeta: { zone: 'a', rack: '1' } }, []],
    [{ connect: true }, ['apip']],
  ])('are filtered by %j', (filter, expected) => {
    expect(ids(serviceHealth(scene().tables, 'API', filter))).toEqual(expected);
  });

  test('carry the checks of the node first, then those of the instance', () => {
    const [first] = serviceHealth(scene().tables, 'api').value;
    expect(first?.checks.map((check) => check.checkId)).toEqual(['node1', 'api1']);
  });

  test('an unknown service is an empty list at the index of the catalog, later of the last extinction', () => {
    const h = scene();
    expect(serviceHealth(h.tables, 'none')).toEqual({ index: 7, value: [], watch: ['service/none'] });
    h.deregister('h5', { serviceId: 'apip' });
    h.register('h9');
    expect(serviceHealth(h.tables, 'none').index).toBe(8);
  });
});

describe('checks', () => {
  const checkIds = (found: { value: readonly { checkId: string }[] }): string[] =>
    found.value.map((check) => check.checkId);

  test('by node, service and state, in any letter case of names and none of states', () => {
    const h = scene();
    expect(checkIds(nodeChecks(h.tables, 'H1'))).toEqual(['api1', 'node1']);
    expect(checkIds(serviceChecks(h.tables, 'Api'))).toEqual(['api1', 'api2', 'api3']);
    expect(checkIds(serviceChecks(h.tables, 'api', { nodeMeta: { zone: 'a' } }))).toEqual(['api1', 'api3']);
    expect(checkIds(checksInState(h.tables, 'critical'))).toEqual(['api3', 'node4']);
    expect(checkIds(checksInState(h.tables, 'any'))).toHaveLength(5);
    expect(checkIds(checksInState(h.tables, 'any', { nodeMeta: { zone: 'b' } }))).toEqual(['api2']);
    expect(checkIds(checksInState(h.tables, 'Critical'))).toEqual([]);
  });
});

describe('nodes and services', () => {
  test('nodes come by name, filtered by meta', () => {
    const h = scene();
    expect(listNodes(h.tables).value.map((node) => node.node)).toEqual(['h1', 'h2', 'h3', 'h4', 'h5']);
    expect(listNodes(h.tables, { nodeMeta: { zone: 'b' } }).value.map((node) => node.node)).toEqual(['h2']);
  });

  test('service names carry the tags of all instances, each once', () => {
    const h = scene();
    expect(Object.fromEntries(listServices(h.tables).value)).toEqual({ api: ['blue', 'x', 'green'], 'api-proxy': [] });
    expect(Object.fromEntries(listServices(h.tables, { nodeMeta: { zone: 'b' } }).value)).toEqual({
      api: ['green', 'x'],
    });
  });

  test('a node is found by name in any case, by id and by the start of its id', () => {
    const h = harness();
    h.register('Named', { node: { id: ID }, service: { id: 'b' } });
    h.register('named', { node: { id: ID }, service: { id: 'a' } });
    for (const name of ['NAMED', ID, ID.toUpperCase(), '40', '40e4a748-2192']) {
      expect(findNode(h.tables, name).value?.id).toBe(ID);
      expect(nodeServices(h.tables, name).value?.services.map((service) => service.id)).toEqual(['a', 'b']);
    }
    expect(findNode(h.tables, '4').value).toBeUndefined();
    expect(nodeServices(h.tables, 'nobody').value).toBeUndefined();
  });

  test('the start of two ids finds neither', () => {
    const h = harness();
    h.register('a', { node: { id: ID } });
    h.register('b', { node: { id: ID.replace('40e4', '40e5') } });
    expect(findNode(h.tables, '40').value).toBeUndefined();
    expect(findNode(h.tables, '40e5').value?.node).toBe('b');
  });
});

describe('keys', () => {
  const keys = ['k/100%', 'k/<a&b>', 'k/a', 'k/dir/', 'k/en/co', 'k/en/x', 'k/form', 'k/\uFF5E', 'k/\u{1F600}', 'l'];
  const stored = (): Harness => {
    const h = harness();
    for (const key of [...keys].reverse()) h.set(key, '1');
    return h;
  };

  test('are listed in byte order', () => {
    expect(kvList(stored().tables, '').value.map((entry) => entry.key)).toEqual(keys);
    expect(kvList(stored().tables, 'k').value).toHaveLength(9);
  });

  test.each([
    ['k/', '/', ['k/100%', 'k/<a&b>', 'k/a', 'k/dir/', 'k/en/', 'k/form', 'k/\uFF5E', 'k/\u{1F600}']],
    ['k', '/', ['k/']],
    ['k/en', 'o', ['k/en/co', 'k/en/x']],
    ['k/f', 'o', ['k/fo']],
    ['k/a', '/', ['k/a']],
    ['none', '/', []],
  ])('under %j are cut after %j', (prefix, separator, expected) => {
    expect(kvKeys(stored().tables, prefix, separator).value).toEqual(expected);
  });

  test('a key has its own index, a prefix that of its newest change, deletions included', () => {
    const h = harness();
    h.set('a/1', '1');
    h.set('a/2', '1');
    h.set('b', '1');
    expect(kvGet(h.tables, 'a/1')).toMatchObject({ index: 2, watch: ['kv/a/1'] });
    expect(kvList(h.tables, 'a/')).toMatchObject({ index: 3, watch: ['kv-prefix/a/'] });
    h.kv({ verb: 'delete', key: 'a/2' });
    expect(kvList(h.tables, 'a/').index).toBe(5);
    expect(kvKeys(h.tables, 'a/').index).toBe(5);
    expect(kvGet(h.tables, 'a/2')).toMatchObject({ index: 5, value: undefined });
    h.kv({ verb: 'delete-tree', key: 'a' });
    expect(kvList(h.tables, 'a/deeper/').index).toBe(6);
  });

  test('an empty store has index 1', () => {
    const h = harness();
    expect(kvGet(h.tables, 'a').index).toBe(1);
    expect(kvList(h.tables, '')).toEqual({ index: 1, value: [], watch: ['kv'] });
  });
});

test('sessions come by id, alone or by node', () => {
  const h = harness();
  h.register('n1');
  h.register('n2');
  h.createSession('bbbbbbbb-1111-1111-1111-111111111111');
  h.createSession('aaaaaaaa-1111-1111-1111-111111111111', { node: 'n2' });
  expect(sessions(h.tables).value.map((each) => each.id[0])).toEqual(['a', 'b']);
  expect(nodeSessions(h.tables, 'N2').value.map((each) => each.id[0])).toEqual(['a']);
  expect(session(h.tables, 'BBBBBBBB-1111-1111-1111-111111111111').value?.node).toBe('n1');
  expect(session(h.tables, 'none')).toEqual({ index: 5, value: undefined, watch: ['session/none'] });
});

test('a setting that was never written is undefined at index 1', () => {
  expect(setting(harness().tables, 'autopilot')).toEqual({ index: 1, value: undefined, watch: ['settings'] });
});
