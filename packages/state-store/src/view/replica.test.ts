import * as fc from 'fast-check';
import type { FeedEvent, Topic } from '@tribune/protocol';
import { encodeCommand } from '../encoding/command-codec';
import { encodeDeltas } from '../encoding/delta-codec';
import { StateMachine } from '../state-machine';
import { encodeChunks } from '../snapshot/chunks';
import { Tables } from '../tables/tables';
import { command } from '../testing/arbitrary-commands';
import { rowsOf } from '../testing/rows-of';
import { Replica } from './replica';
import { TopicFilter } from './topic-filter';
import { topicSnapshot } from './topic-snapshot';

const TOPICS: readonly Topic[] = [
  { kind: 'catalog' },
  { kind: 'sessions' },
  { kind: 'node', node: 'n1' },
  { kind: 'service', service: 'web' },
  { kind: 'service', service: 'API' },
  { kind: 'kvPrefix', prefix: '' },
  { kind: 'kvPrefix', prefix: 'a' },
  { kind: 'kvPrefix', prefix: 'a/b/' },
];

/** A machine, a replica, and the feed between them with any number of subscriptions. */
class Wire {
  readonly machine = new StateMachine();
  private readonly filters = new Map<number, TopicFilter>();

  constructor(readonly replica: Replica) {}

  subscribe(id: number, topic: Topic): void {
    this.replica.subscribe(id, topic);
    this.sendSnapshot(id, topic);
  }

  sendSnapshot(id: number, topic: Topic): void {
    const { revision, tables } = this.machine.snapshot();
    const chunks = [...encodeChunks(topicSnapshot(tables, topic)), encodeDeltas([])];
    this.filters.set(id, new TopicFilter(topic, tables));
    chunks.forEach((rows, i) => {
      this.replica.receive({ kind: 'snapshot', id, revision, rows, first: i === 0, last: i === chunks.length - 1 });
    });
  }

  unsubscribe(id: number): void {
    this.filters.delete(id);
    this.replica.unsubscribe(id);
  }

  progress(): void {
    this.replica.receive({ kind: 'progress', revision: this.machine.revision });
  }

  apply(bytes: Uint8Array): void {
    const { deltas } = this.machine.apply(this.machine.revision + 1, bytes);
    for (const [id, filter] of this.filters) {
      const rows = filter.next(this.machine.view.tables, deltas);
      if (rows.length > 0)
        this.replica.receive({ kind: 'deltas', id, revision: this.machine.revision, rows: encodeDeltas(rows) });
    }
  }
}

type Step =
  | { kind: 'apply'; bytes: Uint8Array }
  | { kind: 'toggle'; topic: number }
  | { kind: 'again'; topic: number }
  | { kind: 'progress' };
const topic = fc.nat(TOPICS.length - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: command.map((each): Step => ({ kind: 'apply', bytes: encodeCommand(each) })) },
  { weight: 1, arbitrary: topic.map((each): Step => ({ kind: 'toggle', topic: each })) },
  { weight: 1, arbitrary: topic.map((each): Step => ({ kind: 'again', topic: each })) },
  { weight: 3, arbitrary: fc.constant<Step>({ kind: 'progress' }) },
);

function originOf(wire: Wire): Tables {
  return wire.machine.view.tables as Tables;
}

describe('a replica has the rows of the machine', () => {
  test('of everything, after a snapshot and any commands', () => {
    fc.assert(
      fc.property(
        fc.array(command, { minLength: 10, maxLength: 25 }),
        fc.array(command, { minLength: 10, maxLength: 25 }),
        (before, after) => {
          const wire = new Wire(new Replica('full'));
          for (const each of before) wire.apply(encodeCommand(each));
          wire.subscribe(1, { kind: 'all' });
          wire.progress();
          for (const each of after) wire.apply(encodeCommand(each));
          wire.progress();
          const all: Topic = { kind: 'all' };
          expect(rowsOf(wire.replica.view.tables as Tables, all)).toEqual(rowsOf(originOf(wire), all));
          expect(wire.replica.revision).toBe(wire.machine.revision);
        },
      ),
      { numRuns: 150 },
    );
  });

  test.each(TOPICS)('of one topic: %j', (only) => {
    fc.assert(
      fc.property(
        fc.array(command, { minLength: 10, maxLength: 25 }),
        fc.array(command, { minLength: 10, maxLength: 30 }),
        (before, after) => {
          const wire = new Wire(new Replica('partial'));
          for (const each of before) wire.apply(encodeCommand(each));
          wire.subscribe(1, only);
          for (const each of after) {
            wire.progress();
            wire.apply(encodeCommand(each));
          }
          wire.progress();
          expect(rowsOf(wire.replica.view.tables as Tables, { kind: 'all' })).toMatchObject(
            rowsOf(originOf(wire), only),
          );
          expect(heldRows(wire.replica)).toEqual(Object.keys(rowsOf(originOf(wire), only)));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('of several topics that overlap, come, go and start anew, and of no others', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 30, maxLength: 80 }), (steps) => {
        const wire = new Wire(new Replica('partial'));
        const open = new Set<number>();
        for (const each of steps) {
          if (each.kind === 'apply') wire.apply(each.bytes);
          else if (each.kind === 'progress') wire.progress();
          else if (each.kind === 'again') {
            if (open.has(each.topic)) wire.sendSnapshot(each.topic, TOPICS[each.topic]!);
          } else if (open.delete(each.topic)) wire.unsubscribe(each.topic);
          else {
            open.add(each.topic);
            wire.subscribe(each.topic, TOPICS[each.topic]!);
          }
        }
        wire.progress();
        const expected: Record<string, unknown> = {};
        for (const id of open) Object.assign(expected, rowsOf(originOf(wire), TOPICS[id]!));
        expect(rowsOf(wire.replica.view.tables as Tables, { kind: 'all' })).toMatchObject(expected);
        expect(heldRows(wire.replica)).toEqual(Object.keys(expected).sort());
      }),
      { numRuns: 400 },
    );
  });
});

/** Ids of all rows but the indexes of whole tables. */
function heldRows(replica: Replica): string[] {
  const rows = rowsOf(replica.view.tables as Tables, { kind: 'all' });
  return Object.keys(rows).filter((id) => !id.startsWith('indexes\0') || id.includes('.'));
}

describe('what a reader sees', () => {
  const set = (key: string): Uint8Array =>
    encodeCommand({ type: 'kv', operation: { verb: 'set', key, value: new Uint8Array(1), flags: 0n } });

  test('nothing of a revision before its progress, all of it after', () => {
    const wire = new Wire(new Replica('partial'));
    wire.subscribe(1, { kind: 'kvPrefix', prefix: 'a' });
    wire.subscribe(2, { kind: 'kvPrefix', prefix: 'b' });
    wire.progress();
    wire.apply(set('a'));
    wire.apply(set('b'));
    expect(wire.replica.view.tables.kv.size).toBe(0);
    wire.progress();
    expect(wire.replica.view.tables.kv.size).toBe(2);
  });

  test('the old rows until a new snapshot is whole', () => {
    const wire = new Wire(new Replica('full'));
    wire.apply(set('a'));
    wire.subscribe(1, { kind: 'all' });
    expect(wire.replica.isReady(1)).toBe(false);
    wire.progress();
    expect(wire.replica.isReady(1)).toBe(true);
    wire.replica.receive({ kind: 'snapshot', id: 1, revision: 5, rows: encodeDeltas([]), first: true, last: false });
    wire.progress();
    expect(wire.replica.view.tables.kv.size).toBe(1);
    wire.replica.receive({ kind: 'snapshot', id: 1, revision: 5, rows: encodeDeltas([]), first: false, last: true });
    wire.replica.receive({ kind: 'progress', revision: 5 });
    expect(wire.replica.view.tables.kv.size).toBe(0);
    expect(wire.replica.revision).toBe(5);
  });

  describe('after a broken stream', () => {
    const rowOf = (key: string): Uint8Array =>
      encodeDeltas([...topicSnapshot(stateWith(key).view.tables, { kind: 'kvPrefix', prefix: key })]);
    const snapshot = (id: number, revision: number, rows: Uint8Array): FeedEvent => ({
      ...{ kind: 'snapshot', id, revision, rows },
      ...{ first: true, last: true },
    });
    const stateWith = (key: string): StateMachine => {
      const machine = new StateMachine();
      machine.apply(1, set(key));
      return machine;
    };
    const keysOf = (replica: Replica): string[] => replica.view.tables.kv.withPrefix('').map(({ key }) => key);
    /** Two topics, shown as of revision 5; then the stream breaks. */
    const broken = (): Replica => {
      const replica = new Replica('partial');
      for (const [id, prefix] of [
        [1, 'a'],
        [2, 'b'],
      ] as const) {
        replica.subscribe(id, { kind: 'kvPrefix', prefix });
        replica.receive(snapshot(id, 5, rowOf(prefix)));
      }
      replica.receive({ kind: 'progress', revision: 5 });
      replica.abandonPending();
      return replica;
    };

    test('what was shown can still be read, and a new snapshot may not be older', () => {
      const replica = broken();
      expect(replica.isReady(1)).toBe(true);
      expect(keysOf(replica)).toEqual(['a', 'b']);
      expect(replica.resumeFrom(1)).toBe(5);
    });

    test('progress shows nothing, and reaches no fence, until every topic is there again', () => {
      const replica = broken();
      replica.receive({ kind: 'progress', revision: 7 });
      expect(replica.revision).toBe(5);
      replica.receive(snapshot(1, 7, encodeDeltas([])));
      replica.receive({ kind: 'progress', revision: 7 });
      expect([replica.revision, keysOf(replica)]).toEqual([5, ['a', 'b']]);
      replica.receive(snapshot(2, 8, rowOf('b')));
      replica.receive({ kind: 'progress', revision: 8 });
      expect([replica.revision, keysOf(replica)]).toEqual([8, ['b']]);
    });

    test('progress of a server that knows less changes nothing', () => {
      const replica = broken();
      for (const id of [1, 2]) replica.receive(snapshot(id, 5, encodeDeltas([])));
      replica.receive({ kind: 'progress', revision: 4 });
      expect([replica.revision, keysOf(replica)]).toEqual([5, ['a', 'b']]);
    });

    test('a server that insists on an older snapshot has another history: the view follows it', () => {
      const replica = broken();
      for (const id of [1, 2]) replica.receive(snapshot(id, 2, encodeDeltas([])));
      replica.receive({ kind: 'progress', revision: 2 });
      expect([replica.revision, keysOf(replica)]).toEqual([2, []]);
    });
  });

  test('a wait for a revision ends with its progress, deltas or not', async () => {
    const wire = new Wire(new Replica('full'));
    wire.subscribe(1, { kind: 'all' });
    wire.progress();
    const reached = wire.replica.view.atLeast(1);
    wire.apply(encodeCommand({ type: 'kv', operation: { verb: 'delete', key: 'none' } }));
    wire.progress();
    await reached;
    expect(wire.replica.view.atLeast(1)).toBeUndefined();
  });
});
