import { ChangeLog } from './change-log';

const change = (revision: number, size = 0) => ({ revision, upserts: ['x'.repeat(size)], removals: [] });
const revisions = (log: ChangeLog<string, string>, after: number): number[] | undefined =>
  log.since(after)?.map(({ revision }) => revision);

describe('a log of changes', () => {
  it('gives what came after a revision, in order', () => {
    const log = new ChangeLog<string, string>({ deltasMax: 10, deltaBytesMax: 1e6 }, (item) => item.length, 5);
    for (const revision of [7, 9, 12]) log.append(change(revision));
    expect(revisions(log, 5)).toEqual([7, 9, 12]);
    expect(revisions(log, 8)).toEqual([9, 12]);
    expect(revisions(log, 12)).toEqual([]);
  });

  it('knows nothing of the time before it began', () => {
    const log = new ChangeLog<string, string>({ deltasMax: 10, deltaBytesMax: 1e6 }, (item) => item.length, 5);
    expect(revisions(log, 4)).toBeUndefined();
  });

  it('forgets the oldest beyond its number, and says so', () => {
    const log = new ChangeLog<string, string>({ deltasMax: 2, deltaBytesMax: 1e6 }, (item) => item.length, 0);
    for (const revision of [1, 2, 3]) log.append(change(revision));
    expect(revisions(log, 0)).toBeUndefined();
    expect(revisions(log, 1)).toEqual([2, 3]);
  });

  it('forgets the oldest beyond its bytes, even the newest alone', () => {
    const log = new ChangeLog<string, string>({ deltasMax: 10, deltaBytesMax: 1000 }, (item) => item.length, 0);
    log.append(change(1, 500));
    log.append(change(2, 500));
    expect(revisions(log, 0)).toBeUndefined();
    expect(revisions(log, 1)).toEqual([2]);
    log.append(change(3, 2000));
    expect(revisions(log, 2)).toBeUndefined();
    expect(revisions(log, 3)).toEqual([]);
  });
});
