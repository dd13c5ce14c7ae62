import { patientTimeout } from './patient-timeout';

describe('a patient time-out', () => {
  let nowMs: number;
  let ends: number[];
  beforeEach(() => {
    jest.useFakeTimers();
    nowMs = 0;
    ends = [];
    jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });
  const wait = (ms: number): void => {
    nowMs += ms;
    jest.advanceTimersByTime(ms);
  };
  /** The clock goes on, and timers learn of it late. */
  const standStill = (ms: number): void => void (nowMs += ms);

  it('ends when its time is over', () => {
    patientTimeout(100, () => ends.push(nowMs));
    wait(99);
    expect(ends).toEqual([]);
    wait(1);
    expect(ends).toEqual([100]);
  });

  it.each([
    [20, 0],
    [50, 50],
    [5000, 100],
  ])('waits again when the process stood still: for %i ms, %i ms', (stillMs, againMs) => {
    patientTimeout(100, () => ends.push(nowMs));
    standStill(stillMs);
    wait(100);
    wait(againMs);
    expect(ends).toEqual([stillMs + 100 + againMs]);
  });

  it('waits again only once', () => {
    patientTimeout(100, () => ends.push(nowMs));
    standStill(50);
    wait(100);
    standStill(1000);
    wait(50);
    expect(ends).toEqual([1200]);
  });

  it('can be cancelled at any time', () => {
    const timeout = patientTimeout(100, () => ends.push(nowMs));
    standStill(50);
    wait(100);
    timeout.cancel();
    wait(1000);
    expect(ends).toEqual([]);
  });
});
