import { seededRandom, shuffle } from './random';

describe('seeded randomness', () => {
  it('replays the same history from the same seed', () => {
    const draw = (seed: number): number[] => {
      const random = seededRandom(seed);
      return Array.from({ length: 5 }, () => random.integer(1000));
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('spreads evenly enough to shuffle fairly', () => {
    const random = seededRandom(1);
    const firsts = [0, 0, 0];
    for (let i = 0; i < 3000; i++) firsts[shuffle([0, 1, 2], random)[0]!]!++;
    for (const count of firsts) expect(Math.abs(count - 1000)).toBeLessThan(100);
  });
});
