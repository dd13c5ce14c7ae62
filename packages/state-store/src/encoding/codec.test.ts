import * as fc from 'fast-check';
import type { Command } from '../commands/command';
import type { Outcome } from '../commands/outcome';
import { StateMachine } from '../state-machine';
import { command, reap } from '../testing/arbitrary-commands';
import { aCheck, aNode, aService } from '../testing/builders';
import type { Delta } from '../view/delta';
import { decodeCommand, encodeCommand } from './command-codec';
import { decodeDeltas, encodeDeltas } from './delta-codec';
import { decodeOutcome, encodeOutcome } from './outcome-codec';
import { EncodingError } from './packer';

const indexes = { createIndex: 2 ** 53 - 1, modifyIndex: 4294967296 };

test('every command reads back as it was written', () => {
  fc.assert(
    fc.property(fc.oneof(command, reap), (each) => {
      expect(normal(decodeCommand(encodeCommand(each)))).toEqual(normal(each));
    }),
    { numRuns: 1000 },
  );
});

test('every outcome and every delta reads back as it was made', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 20 }), (commands) => {
      const machine = new StateMachine();
      for (const each of commands) {
        const { outcome, deltas } = machine.apply(machine.revision + 1, encodeCommand(each));
        expect(normal(decodeOutcome(encodeOutcome(outcome)))).toEqual(normal(outcome));
        expect(normal(decodeDeltas(encodeDeltas(deltas)))).toEqual(normal(deltas.map(asOnTheWire)));
      }
    }),
    { numRuns: 200 },
  );
});

/** `before` stays behind, and so does the value of a deleted key. */
function asOnTheWire(delta: Delta): unknown {
  const row = delta.op === 'delete' && delta.table === 'kv' ? { ...delta.row, value: new Uint8Array(0) } : delta.row;
  return { table: delta.table, op: delta.op, row };
}

/** Bytes are bytes, whichever class carries them. */
function normal(value: unknown): unknown {
  if (value instanceof Uint8Array) return Array.from(value);
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, normal(field)]));
}

test.each([0n, 1n, 2n ** 32n, 2n ** 53n + 1n, 3304740253564472344n, 2n ** 63n, 2n ** 64n - 1n])(
  'flags %s are exact',
  (flags) => {
    const set: Command = { type: 'kv', operation: { verb: 'set', key: 'k', value: new Uint8Array([0, 255]), flags } };
    expect(decodeCommand(encodeCommand(set))).toMatchObject({ operation: { flags } });
    const row = {
      key: 'k',
      value: new Uint8Array(0),
      flags,
      lockIndex: 0,
      session: '',
      createIndex: 1,
      modifyIndex: 1,
    };
    expect(decodeDeltas(encodeDeltas([{ table: 'kv', op: 'put', row }]))[0]).toMatchObject({ row: { flags } });
  },
);

test.each([3, 5000])('a value of %d bytes that was read does not keep the bytes around it alive', (length) => {
  const set: Command = { type: 'kv', operation: { verb: 'set', key: 'k', value: new Uint8Array(length), flags: 0n } };
  const frame = Buffer.concat([Buffer.alloc(65536), encodeCommand(set)]).subarray(65536);
  const read = decodeCommand(frame);
  if (read.type !== 'kv' || read.operation.verb !== 'set') throw new Error('not what was written');
  expect(read.operation.value.buffer).not.toBe(frame.buffer);
  // Small values share memory with each other: see `ownedValue`.
  expect(read.operation.value.buffer.byteLength).toBeLessThanOrEqual(Math.max(2048, length));
});

test('large indexes and every kind of JSON in a proxy survive', () => {
  const proxy = { Config: { big: 18446744073709551615n, list: [1, 'a', null, true, { x: 1.5 }], '': '' } };
  const outcome: Outcome = {
    kind: 'txn',
    errors: [{ opIndex: 3, what: 'no' }],
    results: [
      { kind: 'node', node: { ...aNode({ meta: { k: 'v' } }), ...indexes } },
      {
        kind: 'service',
        service: { ...aService({ proxy, taggedAddresses: { lan: { address: 'a', port: 1 } } }), ...indexes },
      },
      { kind: 'check', check: { ...aCheck({ definition: { HTTP: 'x' } }), ...indexes } },
    ],
  };
  expect(decodeOutcome(encodeOutcome(outcome))).toEqual(outcome);
});

test.each<[string, Uint8Array]>([
  ['nothing', new Uint8Array(0)],
  ['another version', new Uint8Array([2, 0x90])],
  ['a cut encoding', encodeDeltas([{ table: 'indexes', op: 'put', row: { name: 'kv', index: 1 } }]).slice(0, 6)],
  ['a table of a newer program', new Uint8Array([1, 0x93, 99, 1, 0x90])],
])('%s is refused with a coded error', (_what, bytes) => {
  expect(() => decodeDeltas(bytes)).toThrow(EncodingError);
});

test('the version is the first byte', () => {
  const bytes = [
    encodeCommand({ type: 'session-destroy', id: '' }),
    encodeOutcome({ kind: 'done', ok: true }),
    encodeDeltas([]),
  ];
  expect(bytes.map((each) => each[0])).toEqual([1, 1, 1]);
});
