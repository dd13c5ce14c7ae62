import { harness, type Harness } from '../testing/harness';

const ID1 = '40e4a748-2192-161a-0510-9bf59fe950b5';
const ID2 = '50e4a748-2192-161a-0510-9bf59fe950b5';
const done = { kind: 'done', ok: true };

describe('registering', () => {
  test('writes node, service and checks in one revision', () => {
    const h = harness();
    const outcome = h.register('n1', {
      service: { id: 'web1', service: 'web', tags: ['v1'] },
      checks: [{ checkId: 'c', serviceId: 'web1' }],
    });
    expect(outcome).toEqual(done);
    expect(h.tables.nodes.get('n1')).toMatchObject({ createIndex: 2, modifyIndex: 2 });
    expect(h.tables.services.get('n1', 'web1')).toMatchObject({ service: 'web', createIndex: 2 });
    expect(h.tables.checks.get('n1', 'c')).toMatchObject({ serviceName: 'web', serviceTags: ['v1'], createIndex: 2 });
  });

  test('the same again moves no index and makes no delta', () => {
    const h = harness();
    const same = { node: { meta: { a: '1', b: '2' } }, service: { tags: ['v1'] }, checks: [{ checkId: 'c' }] };
    h.register('n1', same);
    expect(h.register('n1', { ...same, node: { meta: { b: '2', a: '1' } } })).toEqual(done);
    expect(h.last.deltas).toEqual([]);
  });

  test.each([
    ['a node', { node: { address: '10.9.9.9' } }, { nodes: 3, services: 2, checks: 2 }],
    ['a service', { service: { port: 81 } }, { nodes: 2, services: 3, checks: 2 }],
    ['a check', { checks: [{ checkId: 'c', output: 'x' }] }, { nodes: 2, services: 2, checks: 3 }],
    ['null tags against empty ones', { service: { tags: [] } }, { nodes: 2, services: 3, checks: 2 }],
  ])('a changed part moves its own index: %s', (_what, change, indexes) => {
    const h = harness();
    h.register('n1', { service: {}, checks: [{ checkId: 'c' }] });
    h.register('n1', change);
    expect({
      nodes: h.tables.indexes.get('nodes'),
      services: h.tables.indexes.get('services'),
      checks: h.tables.indexes.get('checks'),
    }).toEqual(indexes);
    expect(h.tables.indexes.get('service.web')).toBe(3);
  });

  test('names are one name in any letter case', () => {
    const h = harness();
    h.register('Node-A', { service: { id: 'Web1', service: 'Web' } });
    h.register('node-a', { service: { id: 'web1', service: 'Web', port: 81 } });
    expect(h.tables.nodes.size).toBe(1);
    expect(h.tables.services.named('WEB')).toHaveLength(1);
  });

  test('skipNodeUpdate leaves an existing node alone and still creates a missing one', () => {
    const h = harness();
    h.register('n1', { node: { meta: { a: '1' } } });
    h.register('n1', { node: { address: '10.9.9.9' }, service: {}, skipNodeUpdate: true });
    h.register('n2', { skipNodeUpdate: true });
    expect(h.tables.nodes.get('n1')).toMatchObject({ address: '10.0.0.1', meta: { a: '1' }, modifyIndex: 2 });
    expect(h.tables.nodes.get('n2')).toBeDefined();
  });

  test('without skipNodeUpdate a node without meta loses its meta', () => {
    const h = harness();
    h.register('n1', { node: { meta: { a: '1' } } });
    h.register('n1', { service: {} });
    expect(h.tables.nodes.get('n1')).toMatchObject({ meta: null });
  });

  test('a check without a status is critical, and any other text is kept', () => {
    const h = harness();
    h.register('n1', {
      checks: [
        { checkId: 'a', status: '' },
        { checkId: 'b', status: 'sleepy' },
      ],
    });
    expect(h.tables.checks.get('n1', 'a')).toMatchObject({ status: 'critical' });
    expect(h.tables.checks.get('n1', 'b')).toMatchObject({ status: 'sleepy' });
  });

  test.each<[string, (h: Harness) => unknown, string]>([
    [
      'a check of an unknown service',
      (h) => h.register('n1', { checks: [{ checkId: 'x', serviceId: 'ghost' }] }),
      'failed inserting check: Missing service registration on node "n1"',
    ],
    [
      'a check for another node',
      (h) => h.register('n1', { checks: [{ node: 'n2' }] }),
      'check node "n2" does not match node "n1"',
    ],
    [
      'a service without id',
      (h) => h.register('n1', { service: { id: '', service: '' } }),
      'failed inserting service: failed inserting service: object missing primary index',
    ],
    [
      'a bad meta key',
      (h) => h.register('n1', { service: { id: 'badmeta', meta: { 'a b': 'c' } } }),
      "failed inserting service: Invalid Service Meta for node n1 and serviceID badmeta: Couldn't load metadata pair ('a b', 'c'): Key contains invalid characters",
    ],
    [
      'a reserved meta key',
      (h) => h.register('n1', { service: { meta: { 'consul-x': 'c' } } }),
      "failed inserting service: Invalid Service Meta for node n1 and serviceID web: Couldn't load metadata pair ('consul-x', 'c'): Key prefix 'consul-' is reserved for internal use",
    ],
  ])('fails as a whole for %s', (_what, act, message) => {
    const h = harness();
    expect(act(h)).toEqual({ kind: 'error', message });
    expect(h.last.deltas).toEqual([]);
    expect(h.tables.nodes.size).toBe(0);
    expect(h.tables.indexes.size).toBe(0);
  });
});

describe('node ids', () => {
  test('the same id under another name renames the node and drops what was on the old name', () => {
    const h = harness();
    h.register('old', { node: { id: ID1 }, service: {}, checks: [{ checkId: 'c' }] });
    h.createSession('11111111-1111-1111-1111-111111111111', { node: 'old' });
    expect(h.register('new', { node: { id: ID1 } })).toEqual(done);
    expect(h.tables.nodes.get('old')).toBeUndefined();
    expect(h.tables.nodes.get('new')).toMatchObject({ createIndex: 2, modifyIndex: 4 });
    expect(h.tables.nodes.byId(ID1)).toMatchObject({ node: 'new' });
    expect([h.tables.services.size, h.tables.checks.size, h.tables.sessions.size]).toEqual([0, 0, 0]);
  });

  test('another id takes the name of a node that gossip does not see alive', () => {
    const h = harness();
    h.register('n', { node: { id: ID1 }, checks: [{ checkId: 'serfHealth', status: 'critical' }] });
    expect(h.register('n', { node: { id: ID2 } })).toEqual(done);
    expect(h.tables.nodes.byId(ID1)).toBeUndefined();
    expect(h.tables.nodes.byId(ID2)).toMatchObject({ node: 'n', createIndex: 2 });
  });

  test('but not of one that is alive', () => {
    const h = harness();
    h.register('n', { node: { id: ID1 }, checks: [{ checkId: 'serfHealth', status: 'passing' }] });
    expect(h.register('N', { node: { id: ID2 } })).toEqual({
      kind: 'error',
      message: `failed inserting node: Error while renaming Node ID: "${ID2}": Node name N is reserved by node ${ID1} with name n (10.0.0.1)`,
    });
    h.register('m', { node: { id: ID2, address: '10.0.0.2' } });
    expect(h.register('n', { node: { id: ID2, address: '10.0.0.2' } })).toEqual({
      kind: 'error',
      message: `failed inserting node: Error while renaming Node ID: "${ID2}" (10.0.0.2): Node name n is reserved by node ${ID1} with name n (10.0.0.1)`,
    });
  });

  test('a node without id gets one', () => {
    const h = harness();
    h.register('n', { checks: [{ checkId: 'serfHealth', status: 'passing' }] });
    expect(h.register('n', { node: { id: ID1 } })).toEqual(done);
    expect(h.tables.nodes.byId(ID1)).toMatchObject({ node: 'n' });
  });
});

describe('deregistering', () => {
  const scene = (): Harness => {
    const h = harness();
    h.register('n1', {
      service: { id: 'web1', service: 'web' },
      checks: [{ checkId: 'c', serviceId: 'web1' }, { checkId: 'node' }],
    });
    return h;
  };

  test('a service takes its checks with it and leaves the node its own', () => {
    const h = scene();
    expect(h.deregister('n1', { serviceId: 'web1' })).toEqual(done);
    expect(h.tables.services.size).toBe(0);
    expect(h.tables.checks.onNode('n1').map((check) => check.checkId)).toEqual(['node']);
  });

  test('a check leaves the rest', () => {
    const h = scene();
    h.deregister('n1', { checkId: 'c' });
    expect(h.tables.checks.get('n1', 'c')).toBeUndefined();
    expect(h.tables.services.size).toBe(1);
    expect(h.tables.indexes.get('service.web')).toBe(3);
  });

  test('a node takes everything with it', () => {
    const h = scene();
    h.apply({
      type: 'coordinate-update',
      updates: [{ node: 'n1', segment: '', vec: [1], error: 1, adjustment: 0, height: 0 }],
    });
    h.deregister('n1');
    const { nodes, services, checks, coordinates } = h.tables;
    expect([nodes.size, services.size, checks.size, coordinates.size]).toEqual([0, 0, 0, 0]);
  });

  test.each([{ serviceId: 'none' }, { checkId: 'none' }])(
    'what is not there succeeds and changes nothing: %j',
    (what) => {
      const h = scene();
      expect(h.deregister('n1', what)).toEqual(done);
      expect(h.last.deltas).toEqual([]);
    },
  );
});

describe('the index of a service', () => {
  const index = (h: Harness, name: string): number => h.tables.indexes.get(name);

  test('moves with its node, its checks and itself, and with nothing else', () => {
    const h = harness();
    h.register('n1', { service: { id: 'web1', service: 'web' } });
    h.register('n1', { service: { id: 'api1', service: 'api' } });
    expect([index(h, 'service.web'), index(h, 'service.api')]).toEqual([2, 3]);
    h.register('n1', { checks: [{ checkId: 'c', serviceId: 'api1' }] });
    expect([index(h, 'service.web'), index(h, 'service.api')]).toEqual([2, 4]);
    h.register('n1', { checks: [{ checkId: 'node' }] });
    expect([index(h, 'service.web'), index(h, 'service.api')]).toEqual([5, 5]);
  });

  test('goes when the last instance goes, and the extinction is noted', () => {
    const h = harness();
    h.register('n1', { service: { id: 'web1', service: 'web' } });
    h.register('n2', { service: { id: 'web2', service: 'web' } });
    h.deregister('n1', { serviceId: 'web1' });
    expect([index(h, 'service.web'), index(h, 'service-extinction')]).toEqual([4, 0]);
    h.deregister('n2');
    expect([index(h, 'service.web'), index(h, 'service-extinction')]).toEqual([0, 5]);
  });

  test('an instance that takes another name moves both', () => {
    const h = harness();
    h.register('n1', { service: { id: 'i', service: 'old' } });
    h.register('n1', { service: { id: 'i', service: 'new' } });
    expect([index(h, 'service.old'), index(h, 'service-extinction'), index(h, 'service.new')]).toEqual([0, 3, 3]);
  });
});
