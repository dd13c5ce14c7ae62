import { lanDefaults } from '../config/profiles';
import type { SwimConfig } from './swim-config';
import { Suspicion, suspicionTerms, suspicionTimeoutMs } from './suspicion';

const config = { ...lanDefaults } as unknown as SwimConfig;

describe('the terms of a suspicion', () => {
  it.each([
    [3, 4_000, 24_000, 0],
    [8, 4_000, 24_000, 2],
    [32, 6_020, 36_120, 2],
    [100, 8_000, 48_000, 2],
    [1_000, 12_000, 72_000, 2],
    [10_000, 16_000, 96_000, 2],
  ])('with %i members last from %i to %i ms and want %i confirmations', (members, leastMs, longestMs, wanted) => {
    expect(suspicionTerms(config, members)).toEqual({ leastMs, longestMs, wanted });
  });

  it('want no confirmation that a small pool cannot deliver, and then take the least time at once', () => {
    const terms = suspicionTerms(config, 3);
    expect(terms.wanted).toBe(0);
    expect(suspicionTimeoutMs(terms, 0)).toBe(4_000);
  });
});

describe('a suspicion', () => {
  const terms = { leastMs: 2_000, longestMs: 30_000, wanted: 3 };

  it.each([
    [0, 30_000],
    [1, 16_000],
    [2, 7_810],
    [3, 2_000],
    [4, 2_000],
  ])('with %i confirmations lasts %i ms', (confirmations, expected) => {
    expect(suspicionTimeoutMs(terms, confirmations)).toBe(expected);
  });

  it('counts each accuser once and the first one not at all', () => {
    const suspicion = new Suspicion(terms, { atMs: 1_000, deafMs: 0 }, 'a');
    expect(suspicion.deadlineMs).toBe(31_000);
    expect([suspicion.confirm('a'), suspicion.confirm('b'), suspicion.confirm('b')]).toEqual([false, true, false]);
    expect(suspicion.confirmations).toBe(1);
    expect(suspicion.deadlineMs).toBe(17_000);
  });

  it('stops listening when it has heard enough', () => {
    const suspicion = new Suspicion(terms, { atMs: 0, deafMs: 0 }, 'a');
    for (const accuser of ['b', 'c', 'd']) expect(suspicion.confirm(accuser)).toBe(true);
    expect(suspicion.isSatisfied).toBe(true);
    expect(suspicion.confirm('e')).toBe(false);
    expect(suspicion.deadlineMs).toBe(2_000);
  });

  it('stands still while we are deaf, but not beyond the longest time', () => {
    const suspicion = new Suspicion({ leastMs: 4_000, longestMs: 24_000, wanted: 0 }, { atMs: 0, deafMs: 500 }, 'a');
    expect([500, 3_500, 90_000].map((deafMs) => suspicion.dueMs(deafMs))).toEqual([4_000, 7_000, 24_000]);
  });
});
