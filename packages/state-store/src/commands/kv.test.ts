import { harness, type Harness } from '../testing/harness';
import type { KvOperation } from './command';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const SESSION = '11111111-1111-1111-1111-111111111111';
const done = (ok: boolean) => ({ kind: 'done', ok });

describe('writing a key', () => {
  test('stores value and flags, exactly, with both indexes', () => {
    const h = harness();
    expect(h.set('a', 'x', 2n ** 64n - 1n)).toEqual(done(true));
    expect(h.entry('a')).toEqual({
      key: 'a',
      value: bytes('x'),
      flags: 18446744073709551615n,
      lockIndex: 0,
      session: '',
      createIndex: 2,
      modifyIndex: 2,
    });
  });

  test('again keeps the create index and moves the modify index', () => {
    const h = harness();
    h.set('a', '1');
    h.set('a', '2');
    expect(h.entry('a')).toMatchObject({ createIndex: 2, modifyIndex: 3 });
  });

  test('the same value and flags changes nothing at all', () => {
    const h = harness();
    h.set('a', '1');
    expect(h.set('a', '1')).toEqual(done(true));
    expect(h.last.deltas).toEqual([]);
    expect(h.tables.indexes.get('kv')).toBe(2);
  });

  test('alone is the same as in a transaction, also under a lock', () => {
    const [alone, within] = [harness(), harness()];
    for (const h of [alone, within]) {
      h.register('n1');
      h.createSession(SESSION);
      h.lock('held', SESSION);
    }
    for (const [key, text] of [
      ['new', '1'],
      ['new', '2'],
      ['new', '2'],
      ['held', 'more'],
      ['\u{10000}', 'last'],
    ] as const) {
      alone.set(key, text);
      within.txn({ kind: 'kv', operation: { verb: 'set', key, value: bytes(text), flags: 0n } });
      expect(alone.last.deltas).toEqual(within.last.deltas);
    }
    expect(alone.machine.hash()).toBe(within.machine.hash());
  });

  test('after a deletion creates it anew', () => {
    const h = harness();
    h.set('a', '1');
    h.kv({ verb: 'delete', key: 'a' });
    h.set('a', '1');
    expect(h.entry('a')).toMatchObject({ createIndex: 4, modifyIndex: 4 });
  });
});

describe('compare and set', () => {
  const cas = (key: string, index: number): KvOperation => ({ verb: 'cas', key, value: bytes('c'), flags: 0n, index });
  const deleteCas = (key: string, index: number): KvOperation => ({ verb: 'delete-cas', key, index });

  test.each<[string, KvOperation, boolean]>([
    ['index 0 creates a missing key', cas('new', 0), true],
    ['index 0 refuses an existing key', cas('old', 0), false],
    ['the current index writes', cas('old', 2), true],
    ['another index is refused', cas('old', 1), false],
    ['any index is refused for a missing key', cas('new', 7), false],
    ['deleting with the current index deletes', deleteCas('old', 2), true],
    ['deleting with another index is refused', deleteCas('old', 1), false],
    ['deleting with index 0 never deletes', deleteCas('old', 0), false],
    ['deleting a missing key succeeds', deleteCas('new', 5), true],
  ])('%s', (_what, operation, ok) => {
    const h = harness();
    h.set('old', '1');
    expect(h.kv(operation)).toEqual(done(ok));
    const changed = h.last.deltas.length > 0;
    expect(changed).toBe(ok && operation.key === (operation.verb === 'cas' && operation.index === 0 ? 'new' : 'old'));
  });
});

describe('deleting', () => {
  const tombstones = (h: Harness) => [...h.tables.tombstones.rows()];

  test('leaves a tombstone with the revision', () => {
    const h = harness();
    h.set('a', '1');
    expect(h.kv({ verb: 'delete', key: 'a' })).toEqual(done(true));
    expect(h.entry('a')).toBeUndefined();
    expect(tombstones(h)).toEqual([{ key: 'a', index: 3, tree: false }]);
  });

  test('a missing key succeeds and changes nothing', () => {
    const h = harness();
    expect(h.kv({ verb: 'delete', key: 'a' })).toEqual(done(true));
    expect(h.last.deltas).toEqual([]);
  });

  test('a tree takes every key with the prefix, not just those below a slash', () => {
    const h = harness();
    for (const key of ['pre/x', 'prefix/y', 'pre', 'other']) h.set(key, '1');
    h.kv({ verb: 'delete-tree', key: 'pre' });
    expect([...h.tables.kv.rows()].map((entry) => entry.key)).toEqual(['other']);
  });

  test('a tree leaves one tombstone in the place of those below it', () => {
    const h = harness();
    for (const key of ['a/1', 'a/2', 'b']) h.set(key, '1');
    h.kv({ verb: 'delete', key: 'a/1' });
    h.kv({ verb: 'delete-tree', key: 'a/' });
    expect(tombstones(h)).toEqual([{ key: 'a/', index: 6, tree: true }]);
  });

  test('a tree where there is nothing changes nothing', () => {
    const h = harness();
    h.kv({ verb: 'delete-tree', key: 'a' });
    expect(h.last.deltas).toEqual([]);
  });

  test('tombstones are reaped up to a revision, which moves no index', () => {
    const h = harness();
    for (const key of ['a', 'b']) h.set(key, '1');
    for (const key of ['a', 'b']) h.kv({ verb: 'delete', key });
    h.apply({ type: 'tombstone-reap', throughIndex: 4 });
    expect(tombstones(h)).toEqual([{ key: 'b', index: 5, tree: false }]);
    expect(h.tables.indexes.get('tombstones')).toBe(5);
  });
});
