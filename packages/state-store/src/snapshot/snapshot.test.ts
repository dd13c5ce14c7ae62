import * as fc from 'fast-check';
import { encodeCommand } from '../encoding/command-codec';
import { StateMachine } from '../state-machine';
import { command } from '../testing/arbitrary-commands';
import { harness } from '../testing/harness';
import type { Tables } from '../tables/tables';
import { rowsOf } from '../testing/rows-of';
import type { Delta } from '../view/delta';
import { CHUNK_BYTES_MAX } from './chunks';

const all = { kind: 'all' } as const;
const rows = (machine: StateMachine): unknown => rowsOf(machine.view.tables as Tables, all);

function restored(chunks: Iterable<Uint8Array>, revision: number): StateMachine {
  const machine = new StateMachine();
  const builder = machine.restore(revision);
  for (const chunk of chunks) builder.push(chunk);
  builder.finish();
  return machine;
}

test('a restored machine has the same rows and hash, and goes on in the same way', () => {
  fc.assert(
    fc.property(
      fc.array(command, { minLength: 5, maxLength: 30 }),
      fc.array(command, { maxLength: 20 }),
      (before, after) => {
        const machine = new StateMachine();
        for (const each of before) machine.apply(machine.revision + 1, encodeCommand(each));
        const snapshot = machine.snapshot();
        const copy = restored(snapshot.chunks(), snapshot.revision);
        for (const each of after) {
          const bytes = encodeCommand(each);
          expect(copy.apply(copy.revision + 1, bytes).outcome).toEqual(
            machine.apply(machine.revision + 1, bytes).outcome,
          );
        }
        expect(rows(copy)).toEqual(rows(machine));
        expect(copy.hash()).toBe(machine.hash());
        expect(copy.revision).toBe(machine.revision);
      },
    ),
    { numRuns: 150 },
  );
});

test('two machines with the same commands agree, bytes and all', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
      const [a, b] = [new StateMachine(), new StateMachine()];
      for (const each of commands)
        for (const machine of [a, b]) machine.apply(machine.revision + 1, encodeCommand(each));
      expect(a.hash()).toBe(b.hash());
      expect([...a.snapshot().chunks()]).toEqual([...b.snapshot().chunks()]);
    }),
    { numRuns: 100 },
  );
});

test('a snapshot is a cut: writes that follow are not in it, however late it is read', () => {
  const h = harness();
  for (let i = 0; i < 500; i++) h.set(`k${i}`, 'before');
  const snapshot = h.machine.snapshot();
  const chunks = snapshot.chunks()[Symbol.iterator]();
  for (let i = 0; i < 500; i++) h.set(`k${i}`, 'after');
  h.kv({ verb: 'delete-tree', key: '' });
  const copy = restored({ [Symbol.iterator]: () => chunks }, snapshot.revision);
  expect(copy.view.tables.kv.size).toBe(500);
  expect(copy.view.tables.kv.get('k7')).toMatchObject({ value: Buffer.from('before') });
});

test('chunks are small, and a large row has its own', () => {
  const h = harness();
  const big = 'x'.repeat(CHUNK_BYTES_MAX * 2);
  for (let i = 0; i < 20; i++) h.set(`k${i}`, 'y'.repeat(100_000));
  h.set('big', big);
  const sizes = [...h.machine.snapshot().chunks()].map((chunk) => chunk.length);
  expect(sizes.filter((size) => size > CHUNK_BYTES_MAX)).toHaveLength(1);
  expect(sizes.length).toBeGreaterThan(8);
});

test('the old state stays until the restore is finished, then followers hear of the difference', () => {
  const source = harness();
  source.set('new', '1');
  source.set('both', '2');
  const snapshot = source.machine.snapshot();
  const h = harness();
  h.set('old', '1');
  h.set('both', '1');
  const heard: Delta[] = [];
  h.machine.view.follow((_revision, deltas) => heard.push(...deltas));
  const builder = h.machine.restore(90);
  for (const chunk of snapshot.chunks()) builder.push(chunk);
  expect(h.entry('old')).toBeDefined();
  builder.finish();
  expect([h.entry('old'), h.entry('new') !== undefined, h.revision]).toEqual([undefined, true, 90]);
  const kv = heard.flatMap((delta) => (delta.table === 'kv' ? [`${delta.op} ${delta.row.key}`] : []));
  expect(kv.sort()).toEqual(['delete old', 'put both', 'put new']);
});

test('the hash tells tables apart and can be taken in steps while writes go on', () => {
  const h = harness();
  for (let i = 0; i < 600; i++) h.set(`k${i}`, '1');
  const before = h.machine.hash();
  const steps = h.machine.hashing();
  let taken = 0;
  let step = steps.next();
  for (; !step.done; step = steps.next()) {
    taken++;
    h.set('k1', String(taken));
  }
  expect(step.value).toBe(before);
  expect(taken).toBeGreaterThan(1);
  expect(h.machine.hash()).not.toBe(before);
  expect(h.machine.hash('nodes')).toBe(harness().machine.hash('nodes'));
});
