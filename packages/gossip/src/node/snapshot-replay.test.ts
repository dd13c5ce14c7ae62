import { replaySnapshot, snapshotText } from './snapshot-replay';

const TEXT = [
  'alive: a 10.0.0.1:8301',
  'alive: b [2001:db8::1]:8301',
  'alive: c 10.0.0.3:8301',
  'not-alive: c',
  'clock: 7',
  'event-clock: 3',
  'query-clock: 9',
  'coordinate: {"Vec":[0]}',
  '# a comment',
  'clock: nonsense',
  'alive: torn 10.0.',
].join('\n');

describe('a snapshot in serf’s format', () => {
  it('says who was alive and how far the clocks were; a torn last line does not count', () => {
    const { alive, ...clocks } = replaySnapshot(TEXT, false);
    expect([...alive]).toEqual([
      ['a', '10.0.0.1:8301'],
      ['b', '[2001:db8::1]:8301'],
    ]);
    expect(clocks).toEqual({ clock: 7, eventClock: 3, queryClock: 9 });
  });

  it('is empty after a leave, unless the agent is to rejoin', () => {
    expect(replaySnapshot(`${TEXT}\nleave\n`, false)).toEqual({
      alive: new Map(),
      clock: 0,
      eventClock: 0,
      queryClock: 0,
    });
    expect(replaySnapshot(`${TEXT}\nleave\n`, true).alive.size).toBe(3);
  });

  it('comes back from its shortest form', () => {
    const snapshot = replaySnapshot(TEXT, false);
    expect(replaySnapshot(snapshotText(snapshot), false)).toEqual(snapshot);
  });
});
