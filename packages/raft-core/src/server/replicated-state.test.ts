import { crc32 } from 'node:zlib';
import { encodeCommand, type Command } from '@tribune/state-store';
import { SimClock } from '@tribune/testkit';
import { commandProblem, ReplicatedState } from './replicated-state';

const set = (key: string, value: string): Uint8Array =>
  encodeCommand({ type: 'kv', operation: { verb: 'set', key, value: Buffer.from(value), flags: 0n } });

describe('the replicated state', () => {
  const clock = new SimClock();
  const value = (state: ReplicatedState, key: string): string | undefined => {
    const entry = state.machine.view.tables.kv.get(key);
    return entry && Buffer.from(entry.value).toString();
  };

  /** A snapshot leaves time to others between its chunks: here time passes only as it is needed. */
  const inTime = async (work: Promise<void>): Promise<void> => {
    let done = false;
    void work.finally(() => (done = true));
    while (!done) {
      await clock.advance(20);
      await new Promise(setImmediate);
    }
    await work;
  };

  it('gives the outcome to the proposer and moves the view past entries without a command', () => {
    const state = new ReplicatedState(clock);
    expect(state.apply(2, set('a', '1'))).toEqual({ kind: 'done', ok: true });
    state.appliedBatch(5);
    expect([state.machine.revision, state.feed.revision]).toEqual([5, 5]);
  });

  it('takes a snapshot without later writes in it, and restores it elsewhere', async () => {
    const state = new ReplicatedState(clock);
    state.apply(1, set('a', '1'));
    state.appliedBatch(1);
    const { index, chunks } = state.snapshot();
    state.apply(2, set('a', '2'));
    state.apply(3, set('b', '2'));
    const other = new ReplicatedState(clock);
    other.apply(1, set('gone', 'x'));
    await inTime(other.restore(chunks, index));
    expect([value(other, 'a'), value(other, 'b'), value(other, 'gone')]).toEqual(['1', undefined, undefined]);
    expect([other.machine.revision, other.feed.revision]).toEqual([1, 1]);
    expect(other.machine.hash()).not.toBe(state.machine.hash());
  });

  it('applies on after a restore as if it had applied everything', async () => {
    const [state, other] = [new ReplicatedState(clock), new ReplicatedState(clock)];
    state.apply(1, set('a', '1'));
    const { index, chunks } = state.snapshot();
    await inTime(other.restore(chunks, index));
    for (const each of [state, other]) each.apply(2, set('b', '2'));
    expect(other.machine.hash()).toBe(state.machine.hash());
  });
});

describe('bytes from another process', () => {
  it('are fit for the log when they are a command that this server knows', () => {
    expect(commandProblem(set('a', '1'))).toBeUndefined();
    expect(commandProblem(encodeCommand({ type: 'tombstone-reap', throughIndex: 1 }))).toBeUndefined();
    const rows = Buffer.from('rows');
    for (const checksum of [crc32(rows), undefined])
      expect(
        commandProblem(encodeCommand({ type: 'restore-chunk', id: 'r', sequence: 0, rows, checksum })),
      ).toBeUndefined();
  });

  it.each([
    ['nothing', new Uint8Array(), /cannot be decoded/],
    ['noise', Buffer.from([255, 254, 253]), /cannot be decoded/],
    [
      'rows of a backup that are not those of its file',
      encodeCommand({ type: 'restore-chunk', id: 'r', sequence: 7, rows: Buffer.from('rows'), checksum: 1 }),
      /rows 7 of the restore were damaged/,
    ],
    ['a newer command', encodeCommand({ type: 'teleport' } as unknown as Command), /type teleport are not known/],
  ])('are refused when they are %s', (_what, bytes, problem) => {
    expect(commandProblem(bytes)).toMatch(problem);
  });
});
