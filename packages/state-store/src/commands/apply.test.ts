import { encodeCommand } from '../encoding/command-codec';
import { StateMachine } from '../state-machine';
import { harness } from '../testing/harness';
import type { Command } from './command';
import { refusalOf } from './apply';
import { UnknownCommandError } from './unknown-command';

describe('coordinates', () => {
  const update = (node: string, x: number): Command => ({
    type: 'coordinate-update',
    updates: [{ node, segment: '', vec: [x], error: 1.5, adjustment: 0, height: 1e-5 }],
  });

  test('are kept for registered nodes and dropped for others', () => {
    const h = harness();
    h.register('n1');
    h.apply(update('n1', 1));
    expect(h.tables.coordinates.ofNode('N1')).toHaveLength(1);
    expect(h.tables.indexes.get('coordinates')).toBe(3);
    h.apply(update('ghost', 1));
    expect(h.last.deltas).toEqual([]);
  });
});

describe('settings', () => {
  const put = (value: string, cas?: number): Command => ({ type: 'setting', name: 'autopilot', value, cas });

  test('are written under a condition', () => {
    const h = harness();
    expect(h.apply(put('{}', 7))).toEqual({ kind: 'done', ok: false });
    expect(h.apply(put('{}', 0))).toEqual({ kind: 'done', ok: true });
    expect(h.apply(put('{"a":1}', 3))).toEqual({ kind: 'done', ok: true });
    expect(h.apply(put('{"a":2}', 3))).toEqual({ kind: 'done', ok: false });
    expect(h.tables.settings.get('autopilot')).toEqual({
      name: 'autopilot',
      value: '{"a":1}',
      createIndex: 3,
      modifyIndex: 4,
    });
  });
});

test('a command of a newer program stops the node', () => {
  const machine = new StateMachine();
  const bytes = encodeCommand({ type: 'teleport' } as unknown as Command);
  expect(() => machine.apply(2, bytes)).toThrow(UnknownCommandError);
  expect(() => machine.apply(2, bytes)).toThrow(expect.objectContaining({ code: 'STATE_COMMAND_UNKNOWN' }));
});

test('bytes of a newer encoding stop the node', () => {
  expect(() => new StateMachine().apply(2, new Uint8Array([9, 1]))).toThrow('encoding version 9');
});

test('an index that was applied already is a bug', () => {
  const h = harness();
  h.set('a', '1');
  expect(() => h.machine.apply(2, encodeCommand({ type: 'session-destroy', id: '' }))).toThrow('broken invariant');
});

describe('a malformed command', () => {
  const set = { type: 'kv', operation: { verb: 'set', key: 'k', value: new Uint8Array(1), flags: 0n } };
  const cases: [unknown, string][] = [
    [{ type: 'session-destroy' }, 'session-destroy.id must be text'],
    [{ type: 'register', node: { node: 'n' } }, 'register.node.id must be text'],
    [{ type: 'deregister', node: 5 }, 'deregister.node must be text'],
    [{ ...set, operation: { ...set.operation, key: 7 } }, 'kv.operation.key must be text'],
    [{ ...set, operation: { ...set.operation, flags: -1n } }, 'kv.operation.flags must be an unsigned 64-bit integer'],
    [
      { type: 'txn', operations: [{ kind: 'kv', operation: { verb: 'get' } }] },
      'txn.operations[0].operation.key must be text',
    ],
    [
      { type: 'txn', operations: [{ kind: 'spell' }] },
      'txn.operations[0].kind must be one of kv, node, service, check, session',
    ],
    [{ type: 'tombstone-reap', throughIndex: -1 }, 'tombstone-reap.throughIndex must be an index'],
    [
      { type: 'coordinate-update', updates: [{ node: 'n', segment: '', vec: ['x'] }] },
      'coordinate-update.updates[0].vec[0] must be a number',
    ],
  ];

  test.each(cases)('%j is an error on every server, and refused by a leader', (command, flaw) => {
    const h = harness();
    const bytes = encodeCommand(command as Command);
    expect(h.machine.apply(2, bytes)).toEqual({
      outcome: { kind: 'error', message: `Malformed command: ${flaw}` },
      deltas: [],
    });
    expect(h.revision).toBe(2);
    expect(refusalOf(bytes)).toBe(flaw);
  });

  test('of an unknown type or encoding is refused by a leader, a good one is not', () => {
    expect(refusalOf(encodeCommand({ type: 'teleport' } as unknown as Command))).toContain('not known');
    expect(refusalOf(new Uint8Array([1, 0xc1]))).toContain('not a valid encoding');
    expect(refusalOf(new Uint8Array([7]))).toContain('version 7');
    expect(refusalOf(encodeCommand(set as Command))).toBeUndefined();
  });
});
