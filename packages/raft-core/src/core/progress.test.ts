import { Progress } from './progress';

const replicating = (matchIndex: number, inflightMax = 3): Progress => {
  const progress = new Progress(matchIndex + 1, inflightMax);
  progress.accepted(matchIndex);
  return progress;
};

describe('a probed follower', () => {
  it('gets one append until it answers or a heartbeat shows that it lives', () => {
    const progress = new Progress(10, 3);
    progress.sent(1, 0);
    expect(progress).toMatchObject({ state: 'probe', isPaused: true, nextIndex: 10 });
    progress.resume();
    expect(progress.isPaused).toBe(false);
  });

  it('is streamed to once it accepts', () => {
    const progress = new Progress(10, 3);
    progress.sent(0, 0);
    expect(progress.accepted(9)).toBe(true);
    expect(progress).toMatchObject({ state: 'replicate', matchIndex: 9, nextIndex: 10, isPaused: false });
  });

  it('moves back to where the logs may agree', () => {
    const progress = new Progress(10, 3);
    progress.sent(0, 0);
    expect(progress.rejected(9, 4)).toBe(true);
    expect(progress).toMatchObject({ state: 'probe', nextIndex: 5, isPaused: false });
  });

  it('ignores the rejection of another probe', () => {
    const progress = new Progress(10, 3);
    expect(progress.rejected(7, 2)).toBe(false);
    expect(progress.nextIndex).toBe(10);
  });

  it('always moves, even when the hint does not', () => {
    const progress = new Progress(10, 3);
    progress.rejected(9, 9);
    expect(progress.nextIndex).toBe(9);
  });
});

describe('a follower that is streamed to', () => {
  it('fills its window and no more', () => {
    const progress = replicating(5, 2);
    progress.sent(3, 0);
    progress.sent(1, 0);
    expect(progress).toMatchObject({ nextIndex: 10, windowIsFull: true });
    expect(() => progress.sent(1, 0)).toThrow('window');
  });

  it('frees the window with whatever is acknowledged', () => {
    const progress = replicating(5, 2);
    progress.sent(3, 0);
    progress.sent(1, 0);
    progress.accepted(8);
    expect(progress).toMatchObject({ matchIndex: 8, windowIsFull: false });
    progress.sent(1, 0);
    progress.accepted(10);
    expect(progress).toMatchObject({ matchIndex: 10, nextIndex: 11, windowIsFull: false });
  });

  it('is probed again when something was lost', () => {
    const progress = replicating(5);
    progress.sent(3, 7);
    expect(progress.rejected(8, 6)).toBe(true);
    expect(progress).toMatchObject({ state: 'probe', matchIndex: 5, nextIndex: 7, sentCommitIndex: 6 });
  });

  it('ignores rejections of what it has acknowledged since', () => {
    const progress = replicating(5);
    expect(progress.rejected(4, 1)).toBe(false);
    expect(progress.state).toBe('replicate');
  });

  it('old acknowledgements change nothing', () => {
    const progress = replicating(5);
    expect(progress.accepted(3)).toBe(false);
    expect(progress).toMatchObject({ matchIndex: 5, nextIndex: 6 });
  });
});

describe('a follower that gets a snapshot', () => {
  it('gets nothing else meanwhile', () => {
    const progress = replicating(5);
    progress.becomeSnapshot(20);
    expect(progress).toMatchObject({ state: 'snapshot', isPaused: true, nextIndex: 21 });
    expect(() => progress.sent(1, 0)).toThrow('paused');
    expect(progress.rejected(20, 0)).toBe(false);
  });

  it.each([
    ['arrived', 25, 26],
    ['was lost', undefined, 6],
  ])('is probed when the snapshot %s', (_what, index, nextIndex) => {
    const progress = replicating(5);
    progress.becomeSnapshot(20);
    progress.snapshotEnded(index);
    expect(progress).toMatchObject({ state: 'probe', nextIndex });
  });

  it('is streamed to as soon as it acknowledges the snapshot itself', () => {
    const progress = replicating(5);
    progress.becomeSnapshot(20);
    progress.accepted(6);
    expect(progress.state).toBe('snapshot');
    progress.accepted(22);
    expect(progress).toMatchObject({ state: 'replicate', matchIndex: 22, nextIndex: 23 });
    progress.snapshotEnded(22);
    expect(progress.state).toBe('replicate');
  });
});

it('tells a follower that lost its log from one that is merely behind', () => {
  const progress = replicating(5);
  progress.becomeProbe();
  expect(progress.isRegression(5, 0)).toBe(true);
  expect(progress.isRegression(5, 5)).toBe(false);
  progress.regress(2);
  expect(progress).toMatchObject({ matchIndex: 2, nextIndex: 3, state: 'probe' });
});
