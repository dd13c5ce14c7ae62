import { decodeDeltas, type Delta } from '@tribune/state-store';
import { Batch, History } from './history';

const setting = (name: string, revision: number): Delta => ({
  table: 'settings',
  op: 'put',
  row: { name, value: '', createIndex: revision, modifyIndex: revision },
});
const batch = (after: number, last: number, weight = 1): Batch => {
  const revisions = Array.from({ length: last - after }, (_, i) => ({
    revision: after + 1 + i,
    deltas: [setting(`s${after + 1 + i}`, after + 1 + i)],
  }));
  return new Batch(after, last, revisions, weight);
};
const names = (bytes: Uint8Array | undefined): string[] =>
  bytes ? decodeDeltas(bytes).map((delta) => (delta.row as { name: string }).name) : [];

describe('a batch', () => {
  it('is encoded once for all who are at its beginning', () => {
    const three = batch(4, 7);
    expect(names(three.rows('all', 4))).toEqual(['s5', 's6', 's7']);
    expect(three.rows('all', 2)).toBe(three.rows('all', 4));
  });

  it('gives only what a subscriber in its middle lacks', () => {
    expect(names(batch(4, 7).rows('all', 6))).toEqual(['s7']);
  });

  it('gives a topic only what was selected for it', () => {
    const deltas = [setting('a', 5), setting('b', 5)];
    const one = new Batch(4, 5, [{ revision: 5, deltas, selected: new Map([['sessions', [deltas[1]!]]]) }], 1);
    expect(names(one.rows('sessions', 4))).toEqual(['b']);
    expect(one.rows('catalog', 4)).toBeUndefined();
  });
});

describe('the history', () => {
  it('finds the batch that continues a position', () => {
    const history = new History(0);
    for (const [after, last] of [
      [0, 3],
      [3, 4],
      [9, 12],
    ] as const)
      history.push(batch(after, last));
    expect(history.next(0)?.last).toBe(3);
    expect(history.next(2)?.last).toBe(3);
    expect(history.next(3)?.last).toBe(4);
    expect(history.next(6)?.last).toBe(12);
    expect(history.next(12)).toBeUndefined();
  });

  it('drops the oldest when it holds too many revisions, and knows what it can no longer give', () => {
    const history = new History(0, { revisionsMax: 4, bytesMax: 100 });
    for (let i = 0; i < 5000; i += 2) history.push(batch(i, i + 2));
    expect(history.reaches(4995)).toBe(false);
    expect(history.reaches(4996)).toBe(true);
    expect(history.next(4996)?.last).toBe(4998);
  });

  it('drops the oldest when it weighs too much', () => {
    const history = new History(0, { revisionsMax: 100, bytesMax: 10 });
    history.push(batch(0, 1, 6));
    history.push(batch(1, 2, 6));
    expect([history.reaches(0), history.reaches(1)]).toEqual([false, true]);
  });

  it('drops even a single batch that is over the limit, so that its subscribers take a snapshot', () => {
    const history = new History(0, { revisionsMax: 100, bytesMax: 10 });
    history.push(batch(0, 1, 11));
    expect([history.reaches(0), history.next(1)]).toEqual([false, undefined]);
  });
});
