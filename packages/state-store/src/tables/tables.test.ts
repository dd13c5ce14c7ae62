import * as fc from 'fast-check';
import type { HealthCheck, KvEntry, ServiceInstance } from '@tribune/protocol';
import { KEYS } from '../testing/arbitrary-commands';
import { aCheck, aService } from '../testing/builders';
import { CheckTable } from './checks';
import { KvTable } from './kv';
import { nameKey, sortKey } from './order';
import { ServiceTable, connectTarget } from './services';
import { TombstoneTable } from './tombstones';

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

test('sort keys order any text by its UTF-8 bytes', () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      fc.constantFrom('a', '\uE000', '\uFFFD', '\u{10000}'),
    ),
  });
  fc.assert(
    fc.property(text, text, (a, b) => {
      const [x, y] = [sortKey(a), sortKey(b)];
      expect(x < y ? -1 : x > y ? 1 : 0).toBe(byBytes(a, b));
    }),
    { numRuns: 2000 },
  );
});

/** A table against a plain array of rows: every look-up is a filter and a sort. */
interface Change<Row> {
  readonly put: boolean;
  readonly row: Row;
}
const change = <Row>(row: fc.Arbitrary<Row>): fc.Arbitrary<Change<Row>[]> =>
  fc.array(fc.record({ put: fc.boolean(), row }), { maxLength: 40 });

function model<Row>(changes: readonly Change<Row>[], key: (row: Row) => string): Row[] {
  const rows = new Map<string, Row>();
  for (const each of changes) {
    if (each.put) rows.set(key(each.row), each.row);
    else rows.delete(key(each.row));
  }
  return [...rows.entries()].sort(([a], [b]) => byBytes(a, b)).map(([, row]) => row);
}

describe('the kv table', () => {
  const SESSIONS = ['', 's1', 's2'];
  const entry = fc
    .record({ key: fc.constantFrom(...KEYS), session: fc.constantFrom(...SESSIONS), modifyIndex: fc.nat() })
    .map((fields): KvEntry => ({ value: new Uint8Array(0), flags: 0n, lockIndex: 0, createIndex: 0, ...fields }));

  test('answers as a sorted array would, and a clone as of its time', () => {
    fc.assert(
      fc.property(change(entry), change(entry), (first, second) => {
        const table = new KvTable();
        const run = (changes: Change<KvEntry>[]): void =>
          changes.forEach(({ put, row }) => void (put ? table.put(row) : table.remove(row)));
        run(first);
        const clone = table.clone();
        run(second);
        for (const [each, rows] of [
          [clone, model(first, (row) => row.key)],
          [table, model([...first, ...second], (row) => row.key)],
        ] as const) {
          expect([...each.rows()]).toEqual(rows);
          expect(each.size).toBe(rows.length);
          for (const key of KEYS) {
            expect(each.get(key)).toBe(rows.find((row) => row.key === key));
            expect(each.withPrefix(key)).toEqual(rows.filter((row) => row.key.startsWith(key)));
          }
          for (const session of ['s1', 's2'])
            expect(each.heldBy(session)).toEqual(rows.filter((row) => row.session === session));
        }
      }),
    );
  });

  test('put and remove hand back what was there', () => {
    const table = new KvTable();
    const row: KvEntry = {
      key: 'k',
      value: new Uint8Array(0),
      flags: 0n,
      lockIndex: 0,
      session: '',
      createIndex: 1,
      modifyIndex: 1,
    };
    expect(table.put(row)).toBeUndefined();
    expect(table.put({ ...row, modifyIndex: 2 })).toBe(row);
    expect(table.remove(row)).toMatchObject({ modifyIndex: 2 });
    expect(table.remove(row)).toBeUndefined();
  });
});

describe('the services table', () => {
  const instance = fc
    .record({
      node: fc.constantFrom('n1', 'N1', 'n2', 'n-2'),
      id: fc.constantFrom('i', 'I', 'j'),
      service: fc.constantFrom('web', 'Web', 'web-x', 'api'),
      kind: fc.constantFrom('', 'connect-proxy'),
      connectNative: fc.boolean(),
      proxy: fc.constantFrom({ DestinationServiceName: 'web' }, null),
    })
    .map((fields): ServiceInstance => ({ ...aService(fields), createIndex: 1, modifyIndex: 1 }));

  test('finds by node, by name and by Connect target, in any letter case', () => {
    fc.assert(
      fc.property(change(instance), (changes) => {
        const table = new ServiceTable();
        for (const { put, row } of changes) put ? table.put(row) : table.remove(row);
        const rows = model(changes, (row) => `${row.node.toLowerCase()}\0${row.id.toLowerCase()}`);
        expect([...table.rows()]).toEqual(rows);
        for (const name of ['WEB', 'web-x', 'api', '']) {
          const named = rows.filter((row) => nameKey(row.service) === nameKey(name));
          const connect = rows.filter((row) => connectTarget(row)?.toLowerCase() === name.toLowerCase());
          expect(table.named(name)).toEqual(named);
          expect(table.hasNamed(name)).toBe(named.length > 0);
          expect(table.connectFor(name)).toEqual(connect);
          expect(table.hasConnectFor(name)).toBe(connect.length > 0);
        }
        expect(table.onNode('n1')).toEqual(rows.filter((row) => row.node.toLowerCase() === 'n1'));
      }),
    );
  });
});

describe('the checks table', () => {
  const check = fc
    .record({
      node: fc.constantFrom('n1', 'n2', 'N2'),
      checkId: fc.constantFrom('a', 'A', 'b'),
      serviceId: fc.constantFrom('', 'i', 'I'),
      serviceName: fc.constantFrom('', 'web', 'WEB'),
      status: fc.constantFrom('passing', 'critical', 'Passing'),
    })
    .map((fields): HealthCheck => ({ ...aCheck(fields), createIndex: 1, modifyIndex: 1 }));

  test('finds by node, by instance, by service and by literal status', () => {
    fc.assert(
      fc.property(change(check), (changes) => {
        const table = new CheckTable();
        for (const { put, row } of changes) put ? table.put(row) : table.remove(row);
        const rows = model(changes, (row) => `${row.node.toLowerCase()}\0${row.checkId.toLowerCase()}`);
        expect([...table.rows()]).toEqual(rows);
        expect(table.onNode('N2')).toEqual(rows.filter((row) => row.node.toLowerCase() === 'n2'));
        expect(table.ofInstance('n1', 'I')).toEqual(
          rows.filter((row) => row.node === 'n1' && row.serviceId.toLowerCase() === 'i'),
        );
        expect(table.ofInstance('n1', '')).toEqual(rows.filter((row) => row.node === 'n1' && row.serviceId === ''));
        expect(table.ofService('Web')).toEqual(rows.filter((row) => row.serviceName.toLowerCase() === 'web'));
        expect(table.withStatus('passing')).toEqual(rows.filter((row) => row.status === 'passing'));
      }),
    );
  });
});

test('tombstones answer for their prefix and trees for what lies below them', () => {
  const table = new TombstoneTable();
  table.put({ key: 'a/b', index: 5, tree: false });
  table.put({ key: 'c/', index: 9, tree: true });
  expect(['a', 'a/b', 'a/b/c', 'c', 'c/', 'c/d/e', 'd', ''].map((prefix) => table.maxIndexWithPrefix(prefix))).toEqual([
    5, 5, 0, 9, 9, 9, 0, 9,
  ]);
  table.put({ key: 'c/', index: 10, tree: false });
  expect(table.maxIndexWithPrefix('c/d')).toBe(0);
  table.remove({ key: 'c/', index: 0, tree: false });
  expect(table.maxIndexWithPrefix('c/')).toBe(0);
});
