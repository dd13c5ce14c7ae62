import { aCheck, aNode, aService } from '../testing/builders';
import { harness } from '../testing/harness';
import type { KvOperation, KvTxnRead, TxnOperation } from './command';
import { isReadOnlyTxn, readTxn } from './txn';

const value = Buffer.from('x');
const S1 = '11111111-1111-1111-1111-111111111111';
const S2 = '22222222-2222-2222-2222-222222222222';
const kv = (operation: KvOperation | KvTxnRead): TxnOperation => ({ kind: 'kv', operation });
const set = (key: string): TxnOperation => kv({ verb: 'set', key, value, flags: 0n });

describe('a transaction', () => {
  test('applies its operations in order, at one revision, each seeing those before it', () => {
    const h = harness();
    const outcome = h.txn(
      set('a'),
      kv({ verb: 'get', key: 'a' }),
      kv({ verb: 'delete', key: 'a' }),
      kv({ verb: 'check-not-exists', key: 'a' }),
    );
    expect(outcome).toMatchObject({
      kind: 'txn',
      errors: [],
      results: [
        { kind: 'kv', withValue: false, entry: { key: 'a', value: new Uint8Array(0), modifyIndex: 2 } },
        { kind: 'kv', withValue: true, entry: { key: 'a', value, createIndex: 2 } },
      ],
    });
  });

  test('with one failed operation changes nothing and lists every error', () => {
    const h = harness();
    h.set('old', '1');
    const outcome = h.txn(
      set('a'),
      kv({ verb: 'get', key: 'none' }),
      kv({ verb: 'delete', key: 'old' }),
      kv({ verb: 'cas', key: 'a', value, flags: 0n, index: 7 }),
    );
    expect(outcome).toEqual({
      kind: 'txn',
      results: [],
      errors: [
        { opIndex: 1, what: 'key "none" doesn\'t exist' },
        { opIndex: 3, what: 'failed to set key "a", index is stale' },
      ],
    });
    expect(h.last.deltas).toEqual([]);
    expect([h.entry('a'), h.entry('old')?.modifyIndex, h.tables.indexes.get('kv'), h.tables.tombstones.size]).toEqual([
      undefined,
      2,
      2,
      0,
    ]);
  });

  test('of nothing succeeds', () => {
    expect(harness().txn()).toEqual({ kind: 'txn', results: [], errors: [] });
  });

  test.each<[KvOperation | KvTxnRead, string]>([
    [{ verb: 'cas', key: 'k', value, flags: 0n, index: 5 }, 'failed to set key "k", index is stale'],
    [{ verb: 'delete-cas', key: 'held', index: 1 }, 'failed to delete key "held", index is stale'],
    [{ verb: 'lock', key: 'held', value, flags: 0n, session: S2 }, 'failed to lock key "held", lock is already held'],
    [{ verb: 'lock', key: 'k', value, flags: 0n, session: '' }, 'missing session'],
    [
      { verb: 'unlock', key: 'held', value, flags: 0n, session: S2 },
      'failed to unlock key "held", lock isn\'t held, or is held by another session',
    ],
    [{ verb: 'check-index', key: 'k', index: 1 }, 'failed to check index, key "k" doesn\'t exist'],
    [{ verb: 'check-index', key: 'held', index: 1 }, 'failed index check for key "held", current modify index 5 != 1'],
    [{ verb: 'check-session', key: 'k', session: S1 }, 'failed to check session, key "k" doesn\'t exist'],
    [
      { verb: 'check-session', key: 'held', session: S2 },
      `failed session check for key "held", current session "${S1}" != "${S2}"`,
    ],
    [{ verb: 'check-not-exists', key: 'held' }, 'key "held" exists'],
  ])('%j fails with its sentence', (operation, what) => {
    const h = harness();
    h.register('n1');
    h.createSession(S1);
    h.createSession(S2);
    h.lock('held', S1);
    expect(h.txn(kv(operation))).toEqual({ kind: 'txn', results: [], errors: [{ opIndex: 0, what }] });
  });

  test('is turned away by a lock delay before anything else is looked at', () => {
    const h = harness();
    h.register('n1');
    h.createSession(S1, { lockDelayNs: 1e9 });
    h.lock('k', S1);
    h.apply({ type: 'session-destroy', id: S1 });
    expect(
      h.txn(kv({ verb: 'get', key: 'none' }), kv({ verb: 'lock', key: 'k', value, flags: 0n, session: S1 })),
    ).toEqual({
      kind: 'txn',
      results: [],
      errors: [{ opIndex: 1, what: 'failed to lock key "k" due to lock delay' }],
    });
  });

  test.each<[TxnOperation, string]>([
    [{ kind: 'node', verb: 'get', node: aNode({ node: 'none' }), index: 0 }, 'node "none" doesn\'t exist'],
    [
      { kind: 'node', verb: 'cas', node: aNode({ node: 'none' }), index: 7 },
      'failed to set node "none", index is stale',
    ],
    [
      { kind: 'node', verb: 'delete-cas', node: aNode({ node: 'none' }), index: 7 },
      'failed to delete node "none", index is stale',
    ],
    [{ kind: 'service', verb: 'set', node: 'none', service: aService(), index: 0 }, 'Missing node registration'],
    [
      { kind: 'service', verb: 'get', node: 'n1', service: aService({ id: 'gg' }), index: 0 },
      'service "gg" on node "n1" doesn\'t exist',
    ],
    [
      { kind: 'service', verb: 'cas', node: 'n1', service: aService({ id: 's' }), index: 1 },
      'failed to set service "s" on node "n1", index is stale',
    ],
    [
      { kind: 'service', verb: 'delete-cas', node: 'n1', service: aService({ id: 's' }), index: 1 },
      'failed to delete service "s" on node "n1", index is stale',
    ],
    [{ kind: 'check', verb: 'set', check: aCheck({ serviceId: 'ghost' }), index: 0 }, 'Missing service registration'],
    [
      { kind: 'check', verb: 'get', check: aCheck({ checkId: 'zz' }), index: 0 },
      'check "zz" on node "n1" doesn\'t exist',
    ],
    [
      { kind: 'check', verb: 'cas', check: aCheck({ checkId: 'c' }), index: 1 },
      'failed to set check "c" on node "n1", index is stale',
    ],
    [
      { kind: 'check', verb: 'delete-cas', check: aCheck({ checkId: 'c' }), index: 1 },
      'failed to delete check "c" on node "n1", index is stale',
    ],
  ])('on the catalog fails with its sentence: %j', (operation, what) => {
    const h = harness();
    h.register('n1', { service: { id: 's' }, checks: [{ checkId: 'c' }] });
    expect(h.txn(operation)).toEqual({ kind: 'txn', results: [], errors: [{ opIndex: 0, what }] });
  });

  test('writes the catalog and answers with the rows as stored', () => {
    const h = harness();
    const outcome = h.txn(
      { kind: 'node', verb: 'set', node: aNode({ node: 'n1' }), index: 0 },
      { kind: 'service', verb: 'cas', node: 'n1', service: aService({ id: 's', service: 'svc' }), index: 0 },
      { kind: 'check', verb: 'set', check: aCheck({ checkId: 'c', serviceId: 's', status: '' }), index: 0 },
      { kind: 'service', verb: 'get', node: 'n1', service: aService({ id: 's' }), index: 0 },
    );
    expect(outcome).toMatchObject({
      results: [
        { node: { node: 'n1', createIndex: 2 } },
        { service: { id: 's', modifyIndex: 2 } },
        { check: { status: 'critical', serviceName: 'svc' } },
        { service: { id: 's' } },
      ],
    });
    expect(h.txn({ kind: 'node', verb: 'delete-cas', node: aNode({ node: 'n1' }), index: 2 })).toMatchObject({
      results: [],
      errors: [],
    });
    expect(h.tables.nodes.size).toBe(0);
  });
});

describe('a transaction of reads', () => {
  test('is told from one that writes', () => {
    expect(isReadOnlyTxn([kv({ verb: 'get-tree', key: '' })])).toBe(true);
    expect(isReadOnlyTxn([kv({ verb: 'get', key: 'a' }), set('a')])).toBe(false);
    expect(isReadOnlyTxn([{ kind: 'session', verb: 'delete', id: S1 }])).toBe(false);
  });

  test('is answered from tables, missing keys empty where asked so', () => {
    const h = harness();
    h.set('a/1', '1');
    const outcome = readTxn(h.tables, [kv({ verb: 'get-tree', key: 'a/' }), kv({ verb: 'get-or-empty', key: 'none' })]);
    expect(outcome).toMatchObject({
      results: [{ entry: { key: 'a/1' } }, { entry: { key: 'none', modifyIndex: 0 }, withValue: true }],
    });
  });
});
