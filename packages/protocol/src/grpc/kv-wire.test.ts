import type { KvPut, KvTxnOp } from '../api/kv';
import * as wire from './kv-wire';
import { loadService } from './load-service';

function throughRequest<T>(method: string, message: T): T {
  const definition = loadService('tribune.kv.v1.KV').definition[method]!;
  return definition.requestDeserialize(definition.requestSerialize(message)) as T;
}

const value = Buffer.from([0, 255, 128]);
const key = 'a b/ç%2F';
const index = Number.MAX_SAFE_INTEGER;
const flags = 18446744073709551615n;

describe('the key/value store on the wire', () => {
  it('keeps every digit of an entry', () => {
    const entry = { key, value, flags, lockIndex: 2, session: 's', createIndex: 3, modifyIndex: index };
    expect(wire.entryFromWire(wire.entryToWire(entry))).toEqual(entry);
  });

  it.each<KvPut>([
    { key, value, flags },
    { key, value, flags: 0n, condition: { kind: 'cas', modifyIndex: 0 } },
    { key, value, flags: 0n, condition: { kind: 'cas', modifyIndex: index } },
    { key, value, flags: 9007199254740993n, condition: { kind: 'acquire', session: 's' } },
    { key, value, flags: 0n, condition: { kind: 'release', session: 's' } },
  ])('keeps the put %#', (put) => {
    expect(wire.putFromWire(throughRequest('Put', wire.putToWire(put)))).toEqual(put);
  });

  it.each([
    { key, prefix: false },
    { key, prefix: true },
    { key, prefix: false, cas: 0 },
    { key, prefix: false, cas: index },
  ])('keeps the deletion %#', (deletion) => {
    expect(wire.deleteFromWire(throughRequest('Delete', wire.deleteToWire(deletion)))).toEqual(deletion);
  });

  it('keeps every operation of a transaction', () => {
    const operations: KvTxnOp[] = [
      { verb: 'set', key, value, flags },
      { verb: 'cas', key, value, flags, index },
      { verb: 'lock', key, value, flags, session: 's' },
      { verb: 'unlock', key, value, flags, session: 's' },
      { verb: 'get', key },
      { verb: 'get-or-empty', key },
      { verb: 'get-tree', key },
      { verb: 'check-index', key, index },
      { verb: 'check-session', key, session: 's' },
      { verb: 'check-not-exists', key },
      { verb: 'delete', key },
      { verb: 'delete-tree', key },
      { verb: 'delete-cas', key, index },
    ];
    const request = throughRequest('Txn', { ops: operations.map(wire.txnOpToWire) });
    expect(request.ops.map(wire.txnOpFromWire)).toEqual(operations);
  });

  it('names what cannot be', () => {
    const op = wire.txnOpToWire({ verb: 'get', key }, 0);
    expect(() => wire.txnOpFromWire({ ...op, verb: 99 }, 3)).toThrow('ops[3].verb: 99 is not known');
    expect(() => wire.putToWire({ key, value, flags: 1n << 64n })).toThrow(/^flags: /);
    expect(() => wire.putFromWire({ ...wire.putToWire({ key, value }), cas: '18446744073709551615' })).toThrow(
      /^cas: /,
    );
  });
});
