import * as fc from 'fast-check';
import type { KvOperation } from '../commands/command';
import { decodeCommand, encodeCommand } from './command-codec';
import { readKvSet } from './kv-set-codec';
import { packVersioned } from './packer';

const encoded = (operation: KvOperation): Uint8Array => encodeCommand({ type: 'kv', operation });
const set = (key: string, valueBytes: number, flags = 0n): KvOperation => ({
  verb: 'set',
  key,
  value: Buffer.alloc(valueBytes, 'v'),
  flags,
});

test.each(
  [0, 1, 31, 32, 255].flatMap((key) => [0, 1, 128, 129, 255, 256, 65_535].map((value) => [key, value] as const)),
)('reads a key of %d and a value of %d bytes', (key, value) => {
  const operation = set('k'.repeat(key), value);
  expect(readKvSet(encoded(operation))).toEqual(operation);
});

test.each<[string, string, number, bigint]>([
  ['an empty key and value', '', 0, 0n],
  ['a short key', 'k'.repeat(31), 255, 0n],
  ['a longer key', 'k'.repeat(32), 256, 0n],
  ['the longest that is written by hand', 'k'.repeat(255), 65_535, 0n],
  ['longer ones', 'k'.repeat(256), 65_536, 0n],
  ['a key that is not ASCII', 'k\u0080', 1, 0n],
  ['flags', 'k', 1, 1n],
])('%s: the bytes are those of the encoder for all', (_what, key, valueBytes, flags) => {
  const value = Buffer.alloc(valueBytes, 'v');
  const bytes = Buffer.from(encoded({ verb: 'set', key, value, flags }));
  expect(bytes.equals(Buffer.from(packVersioned([0, 0, key, value, flags])))).toBe(true);
});

test('reads what is no Buffer', () => {
  expect(readKvSet(new Uint8Array(encoded(set('key', 3))))).toEqual(set('key', 3));
});

test.each<[string, KvOperation]>([
  ['a key that is not ASCII', set('kä', 1)],
  ['a long key', set('k'.repeat(256), 1)],
  ['a large value', set('k', 65_536)],
  ['flags', set('k', 1, 1n)],
  ['flags beyond 63 bits', set('k', 1, 2n ** 63n)],
  ['another verb', { verb: 'delete', key: 'k' }],
  ['another verb with a value', { ...set('k', 1), verb: 'cas', index: 1 } as KvOperation],
])('leaves %s to the decoder for all, which reads it', (_what, operation) => {
  expect(readKvSet(encoded(operation))).toBeUndefined();
  const { value = Buffer.alloc(0), ...rest } = operation as KvOperation & { readonly value?: Uint8Array };
  const decoded = decodeCommand(encoded(operation)) as {
    readonly operation: typeof rest & { readonly value?: Uint8Array };
  };
  expect(decoded).toMatchObject({ type: 'kv', operation: rest });
  expect(Buffer.from(decoded.operation.value ?? '').equals(value)).toBe(true);
});

test('reads a set as it was written, or not at all', () => {
  const key = fc.oneof(fc.string({ maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 300 }));
  fc.assert(
    fc.property(
      key,
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom(0n, 0n, 1n, 2n ** 64n - 1n),
      (key, value, flags) => {
        const read = readKvSet(encoded({ verb: 'set', key, value, flags }));
        if (read) expect({ ...read, value: Uint8Array.from(read.value) }).toEqual({ verb: 'set', key, value, flags });
      },
    ),
  );
});

test('bytes that were cut are refused at every length', () => {
  const bytes = encoded(set('a key', 20));
  for (let length = 0; length < bytes.length; length++) {
    expect(readKvSet(bytes.subarray(0, length))).toBeUndefined();
    expect(() => decodeCommand(bytes.subarray(0, length))).toThrow('encoding');
  }
});
