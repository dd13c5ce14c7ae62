import { kvGet, kvList } from '../queries/kv';
import { sessions } from '../queries/sessions';
import { StateMachine } from '../state-machine';
import { harness } from '../testing/harness';
import { topicSnapshot } from '../view/topic-snapshot';

type Harness = ReturnType<typeof harness>;

const chunksOf = (machine: StateMachine): Uint8Array[] => [...machine.snapshot().chunks()];

/** Everything but the commit; says what each step answered. */
function stage(h: Harness, chunks: readonly Uint8Array[], id = 'r1'): void {
  expect(h.apply({ type: 'restore-begin', id })).toEqual({ kind: 'done', ok: true });
  chunks.forEach((rows, sequence) =>
    expect(h.apply({ type: 'restore-chunk', id, sequence, rows })).toEqual({ kind: 'done', ok: true }),
  );
}

function source(): Harness {
  const h = harness();
  for (let i = 0; i < 1_200; i++) h.set(`k${i}`, 'saved');
  return h;
}

test('nothing of a restore is visible before its commit, and then everything at once', () => {
  const saved = source();
  const h = harness();
  h.set('other', '1');
  const chunks = chunksOf(saved.machine);
  expect(chunks.length).toBeGreaterThan(2);
  stage(h, chunks);
  expect([h.machine.view.tables.kv.size, h.machine.restoring]).toEqual([1, { id: 'r1', chunks: chunks.length }]);
  h.set('meanwhile', '1');
  expect(h.apply({ type: 'restore-commit', id: 'r1', chunks: chunks.length })).toEqual({ kind: 'done', ok: true });
  expect([h.machine.view.tables.kv.size, h.entry('meanwhile'), h.machine.restoring]).toEqual([
    1_200,
    undefined,
    undefined,
  ]);
});

test('indexes go on rising: no answer falls below one that was given before', () => {
  const saved = harness();
  saved.set('a', 'old');
  const chunks = chunksOf(saved.machine);
  const h = harness();
  for (let i = 0; i < 50; i++) h.set('a', `new ${i}`);
  const before = h.revision;
  stage(h, chunks);
  h.apply({ type: 'restore-commit', id: 'r1', chunks: chunks.length });
  const { tables } = h.machine.view;
  for (const { index } of [
    kvGet(tables, 'a'),
    kvGet(tables, 'none'),
    kvList(tables, 'a'),
    kvList(tables, ''),
    sessions(tables),
  ])
    expect(index).toBe(h.revision);
  expect(h.revision).toBeGreaterThan(before);
  // A row keeps the index it was saved with.
  expect(h.entry('a')!.modifyIndex).toBe(saved.entry('a')!.modifyIndex);
});

test('rows of a longer log come back with an index that this one has reached', () => {
  const saved = source();
  const h = harness();
  const chunks = chunksOf(saved.machine);
  stage(h, chunks);
  h.apply({ type: 'restore-commit', id: 'r1', chunks: chunks.length });
  expect(h.entry('k1199')!.modifyIndex).toBeLessThan(h.revision);
  h.set('k1199', 'new');
  expect(kvGet(h.machine.view.tables, 'k1199').index).toBe(h.revision);
  for (const delta of topicSnapshot(h.machine.view.tables, { kind: 'all' })) {
    const row = delta.row as { modifyIndex?: number; createIndex?: number; index?: number };
    for (const index of [row.modifyIndex, row.createIndex, row.index])
      expect(index ?? 0).toBeLessThanOrEqual(h.revision);
  }
});

test('who waits is woken, once', () => {
  const saved = source();
  const h = harness();
  let woken = 0;
  h.machine.view.park(['kv/none'], () => woken++);
  const chunks = chunksOf(saved.machine);
  stage(h, chunks);
  expect(woken).toBe(0);
  h.apply({ type: 'restore-commit', id: 'r1', chunks: chunks.length });
  expect(woken).toBe(1);
});

test.each([
  [
    'a missing chunk',
    (h: Harness, rows: Uint8Array[]) => h.apply({ type: 'restore-commit', id: 'r1', chunks: rows.length + 1 }),
    'chunk 3 of 4 is missing',
  ],
  [
    'a chunk out of turn',
    (h: Harness, rows: Uint8Array[]) => h.apply({ type: 'restore-chunk', id: 'r1', sequence: 7, rows: rows[0]! }),
    'chunk 7 came in the place of chunk 3',
  ],
  [
    'a chunk of a newer version',
    (h: Harness) => h.apply({ type: 'restore-chunk', id: 'r1', sequence: 3, rows: Uint8Array.of(9) }),
    'chunk 3 cannot be read: encoding version 9 is not known to this program',
  ],
])('%s ends a restore without a trace', (_name, spoil, message) => {
  const saved = source();
  const h = harness();
  h.set('kept', '1');
  const chunks = chunksOf(saved.machine).slice(0, 3);
  stage(h, chunks);
  expect(spoil(h, chunks)).toEqual({ kind: 'error', message });
  expect(h.machine.restoring).toBeUndefined();
  expect(h.apply({ type: 'restore-commit', id: 'r1', chunks: 3 })).toMatchObject({ kind: 'error' });
  expect(h.machine.view.tables.kv.size).toBe(1);
});

test('a chunk may be sent again when nobody knows what became of it', () => {
  const h = harness();
  const chunks = chunksOf(source().machine);
  stage(h, chunks);
  expect(h.apply({ type: 'restore-chunk', id: 'r1', sequence: 1, rows: chunks[1]! })).toEqual({
    kind: 'done',
    ok: true,
  });
  expect(h.apply({ type: 'restore-commit', id: 'r1', chunks: chunks.length })).toEqual({ kind: 'done', ok: true });
  expect(h.machine.view.tables.kv.size).toBe(1_200);
});

test('who follows some tables hears of no others when the state is replaced', () => {
  const h = harness();
  const heard: string[] = [];
  h.machine.view.follow((_revision, deltas) => heard.push(...deltas.map(({ table }) => table)), ['sessions']);
  const chunks = chunksOf(source().machine);
  stage(h, chunks);
  h.apply({ type: 'restore-commit', id: 'r1', chunks: chunks.length });
  expect(heard).toEqual([]);
});

test('the newest restore wins; the earlier one is told', () => {
  const h = harness();
  const chunks = chunksOf(source().machine);
  stage(h, chunks, 'r1');
  stage(h, chunks, 'r2');
  expect(h.apply({ type: 'restore-commit', id: 'r1', chunks: chunks.length })).toEqual({
    kind: 'error',
    message: 'the restore was superseded by another or given up',
  });
  expect(h.apply({ type: 'restore-commit', id: 'r2', chunks: chunks.length })).toEqual({ kind: 'done', ok: true });
});

test('a server that starts from a snapshot in the middle of a restore goes on with it', () => {
  const chunks = chunksOf(source().machine);
  const h = harness();
  h.set('before', '1');
  stage(h, chunks.slice(0, 2));
  const joined = new StateMachine();
  const builder = joined.restore(h.revision);
  for (const chunk of h.machine.snapshot().chunks()) builder.push(chunk);
  builder.finish();
  expect(joined.restoring).toEqual(h.machine.restoring);
  const late = harness(joined);
  for (const machine of [h, late]) {
    chunks.slice(2).forEach((rows, at) => machine.apply({ type: 'restore-chunk', id: 'r1', sequence: at + 2, rows }));
    machine.apply({ type: 'restore-commit', id: 'r1', chunks: chunks.length });
  }
  expect(late.machine.hash()).toBe(h.machine.hash());
  expect(late.machine.view.tables.kv.size).toBe(1_200);
});

test('an audit changes nothing, and is handed to who can answer it', () => {
  const h = harness();
  h.set('a', '1');
  const before = h.machine.hash();
  const previous = { index: 1, tables: { kv: 'ff' } };
  expect(h.apply({ type: 'audit', previous })).toEqual({ kind: 'done', ok: true });
  expect([h.machine.hash(), h.last.deltas, h.last.audit]).toEqual([before, [], { type: 'audit', previous }]);
  expect(h.apply({ type: 'audit', previous: 7 } as never)).toMatchObject({ kind: 'error' });
});
