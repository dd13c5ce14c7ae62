import * as fc from 'fast-check';
import type { HealthCheck, Node, ServiceInstance } from '@tribune/protocol';
import type { Command, KvOperation, KvTxnRead, TxnOperation, Unindexed } from '../commands/command';
import { aCheck, aNode, aService, aSession } from './builders';

/**
 * Random commands over a world so small that they meet: three nodes, four service names, a dozen keys. Letter case
 * varies, since names are one in any case.
 */
const NODES = ['n1', 'n2', 'N1', 'n3'];
const NODE_IDS = ['', 'aaaaaaaa-0000-0000-0000-000000000001', 'aaaaaaaa-0000-0000-0000-000000000002'];
const SERVICES = ['web', 'api', 'db', 'Web'];
const INSTANCE_IDS = ['i1', 'i2', 'I1'];
const CHECK_IDS = ['c1', 'c2', 'serfHealth'];
export const SESSION_IDS = [
  '11111111-1111-1111-1111-111111111111',
  '22222222-2222-2222-2222-222222222222',
  'abcdef33-3333-3333-3333-333333333333',
];
/** Includes keys whose UTF-16 order is not their byte order. */
export const KEYS = ['a', 'a/', 'a/b', 'a/b/c', 'a/b/d', 'ab', 'b', 'b/x', '\u{1F600}', '\uFF5E', 'é', ''];

const someOf = (values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...values);
const nodeName = someOf(NODES);
const index = fc.integer({ min: 0, max: 30 });
const bytes = fc.uint8Array({ maxLength: 3 });
const tags = fc.option(fc.subarray(['t1', 't2']));
const meta = fc.option(fc.dictionary(someOf(['rack', 'bad key']), someOf(['a', 'b']), { maxKeys: 1 }));

const node: fc.Arbitrary<Unindexed<Node>> = fc
  .record({ node: nodeName, id: someOf(NODE_IDS), address: someOf(['10.0.0.1', '10.0.0.2']), meta })
  .map(aNode);

const service: fc.Arbitrary<Unindexed<ServiceInstance>> = fc
  .record({
    node: nodeName,
    id: someOf(INSTANCE_IDS),
    service: someOf(SERVICES),
    tags,
    meta,
    port: fc.integer({ min: 1, max: 2 }),
    connectNative: fc.boolean(),
    kind: someOf(['', 'connect-proxy']),
    proxy: fc.constantFrom(null, { DestinationServiceName: 'web' }, { DestinationServiceName: 'API' }),
  })
  .map(aService);

const check: fc.Arbitrary<Unindexed<HealthCheck>> = fc
  .record({
    node: nodeName,
    checkId: someOf(CHECK_IDS),
    serviceId: someOf(['', ...INSTANCE_IDS]),
    serviceName: someOf(['', '', 'web']),
    status: someOf(['passing', 'warning', 'critical', '']),
  })
  .map(aCheck);

const register: fc.Arbitrary<Command> = fc
  .record({
    node,
    service: fc.option(service, { nil: undefined }),
    checks: fc.array(check, { maxLength: 2 }),
    skipNodeUpdate: fc.boolean(),
  })
  .map((parts) => ({
    type: 'register',
    node: parts.node,
    skipNodeUpdate: parts.skipNodeUpdate,
    service: parts.service,
    checks: parts.checks.map((each) => ({ ...each, node: parts.node.node })),
  }));

const deregister: fc.Arbitrary<Command> = fc.record({
  type: fc.constant('deregister' as const),
  node: nodeName,
  serviceId: fc.option(someOf(INSTANCE_IDS), { nil: undefined }),
  checkId: fc.option(someOf(CHECK_IDS), { nil: undefined }),
});

const key = someOf(KEYS);
const session = someOf([...SESSION_IDS, SESSION_IDS[2]!.toUpperCase(), 'bogus', '']);
const flags = fc.constantFrom(0n, 1n, 2n ** 64n - 1n);
const kvOperation: fc.Arbitrary<KvOperation> = fc.oneof(
  fc.record({ verb: fc.constant('set' as const), key, value: bytes, flags }),
  fc.record({ verb: fc.constant('cas' as const), key, value: bytes, flags, index }),
  fc.record({ verb: fc.constantFrom('lock' as const, 'unlock' as const), key, value: bytes, flags, session }),
  fc.record({ verb: fc.constantFrom('delete' as const, 'delete-tree' as const), key }),
  fc.record({ verb: fc.constant('delete-cas' as const), key, index }),
);
const kv: fc.Arbitrary<Command> = kvOperation.map((operation) => ({ type: 'kv', operation }));

const kvRead: fc.Arbitrary<KvTxnRead> = fc.oneof(
  fc.record({ verb: fc.constantFrom('get' as const, 'get-or-empty' as const, 'get-tree' as const), key }),
  fc.record({ verb: fc.constant('check-index' as const), key, index }),
);
const verb = fc.constantFrom('get' as const, 'set' as const, 'cas' as const, 'delete' as const, 'delete-cas' as const);
const txnOperation: fc.Arbitrary<TxnOperation> = fc.oneof(
  fc.record({ kind: fc.constant('kv' as const), operation: fc.oneof({ weight: 3, arbitrary: kvOperation }, kvRead) }),
  fc.record({ kind: fc.constant('node' as const), verb, node, index }),
  fc.record({ kind: fc.constant('service' as const), verb, node: nodeName, service, index }),
  fc.record({ kind: fc.constant('check' as const), verb, check, index }),
  fc.record({ kind: fc.constant('session' as const), verb: fc.constant('delete' as const), id: someOf(SESSION_IDS) }),
);
const txn: fc.Arbitrary<Command> = fc
  .array(txnOperation, { minLength: 1, maxLength: 3 })
  .map((operations) => ({ type: 'txn', operations }));

const sessionCreate: fc.Arbitrary<Command> = fc
  .record({
    id: someOf(SESSION_IDS),
    node: nodeName,
    lockDelayNs: fc.constantFrom(0, 1e9, 90e9),
    behavior: fc.constantFrom('release' as const, 'delete' as const),
    nodeChecks: fc.option(fc.subarray(['c1'])),
    serviceChecks: fc.option(fc.constant([{ id: 'c2', namespace: '' }])),
  })
  .map((fields) => ({ type: 'session-create', session: aSession(fields) }));

const housekeeping: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ type: fc.constant('session-destroy' as const), id: someOf(SESSION_IDS) }),
  fc.record({
    type: fc.constant('lock-delay-expire' as const),
    keys: fc.array(fc.record({ key, createIndex: index }), { maxLength: 3 }),
  }),
  fc.record({
    type: fc.constant('coordinate-update' as const),
    updates: fc.array(
      fc.record({
        node: nodeName,
        segment: fc.constant(''),
        vec: fc.array(fc.integer({ max: 3 }), { maxLength: 2 }),
        error: fc.constant(1.5),
        adjustment: fc.constant(0),
        height: fc.constant(1e-5),
      }),
      { maxLength: 2 },
    ),
  }),
  fc.record({
    type: fc.constant('setting' as const),
    name: fc.constant('autopilot'),
    value: someOf(['{}', '{"a":1}']),
    cas: fc.option(index, { nil: undefined }),
  }),
);

export const reap: fc.Arbitrary<Command> = fc.record({
  type: fc.constant('tombstone-reap' as const),
  throughIndex: index,
});

/** Everything but tombstone reaping, which alone may let the index of a prefix fall. */
export const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: register },
  { weight: 2, arbitrary: deregister },
  { weight: 5, arbitrary: kv },
  { weight: 2, arbitrary: txn },
  { weight: 2, arbitrary: sessionCreate },
  { weight: 2, arbitrary: housekeeping },
);

export const commands: fc.Arbitrary<Command[]> = fc.array(command, { maxLength: 40 });
