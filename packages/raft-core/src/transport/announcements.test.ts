import { SimClock } from '@tribune/testkit';
import type { Append } from '../core/message';
import { Announcements } from './announcements';

const append = (commitIndex: number, entries: Append['entries'] = []): Append => ({
  from: 'a',
  to: 'b',
  term: 1,
  type: 'append',
  previous: { index: commitIndex, term: 1 },
  entries,
  commitIndex,
});
const withEntries = (commitIndex: number): Append =>
  append(commitIndex, [{ index: commitIndex + 1, term: 1, kind: 'noop', data: Buffer.alloc(0) }]);

describe('Announcements', () => {
  let clock: SimClock;
  let sent: number[];
  let announcements: Announcements;
  beforeEach(() => {
    clock = new SimClock();
    sent = [];
    announcements = new Announcements(clock, ({ commitIndex }) => sent.push(commitIndex));
  });

  test('a lone commit is told at once', () => {
    announcements.offer(append(1));
    expect(sent).toEqual([1]);
  });

  test('of those that follow it soon, the last is told after the pause', async () => {
    for (const commitIndex of [1, 2, 3]) announcements.offer(append(commitIndex));
    expect(sent).toEqual([1]);
    await clock.advance(10);
    expect(sent).toEqual([1, 3]);
  });

  test('what has entries leaves at once and takes the place of what was held back', async () => {
    for (const message of [append(1), append(2), withEntries(2)]) announcements.offer(message);
    expect(sent).toEqual([1, 2]);
    await clock.advance(100);
    expect(sent).toEqual([1, 2]);
  });

  test('nothing leaves after the end', async () => {
    announcements.offer(append(1));
    announcements.offer(append(2));
    announcements.close();
    await clock.advance(100);
    expect(sent).toEqual([1]);
  });
});
