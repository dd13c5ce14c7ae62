import { Patience } from './patience';

const ELECTION_TICKS = 4;
const CALM = 10 * ELECTION_TICKS;

describe('patience', () => {
  const after = (elections: number): Patience => {
    const patience = new Patience(ELECTION_TICKS);
    for (let i = 0; i < elections; i++) patience.electionBegan();
    return patience;
  };
  const ticks = (patience: Patience, count: number): boolean[] =>
    Array.from({ length: count }, () => patience.tickInPeace());

  it.each([
    [0, 1],
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 3],
    [6, 5],
    [100, 5],
  ])('after %i elections waits %i times as long', (elections, factor) => expect(after(elections).factor).toBe(factor));

  it('forgets an election after ten election timeouts in peace, and says when that shortens the wait', () => {
    const patience = after(4);
    expect(ticks(patience, CALM)).toEqual([...Array<boolean>(CALM - 1).fill(false), true]);
    expect(patience.factor).toBe(2);
    expect(ticks(patience, CALM).at(-1)).toBe(true);
    expect(ticks(patience, 3 * CALM)).not.toContain(true);
    expect(patience.factor).toBe(1);
  });

  it('begins to count anew with each election', () => {
    const patience = after(3);
    ticks(patience, CALM - 1);
    patience.electionBegan();
    ticks(patience, CALM - 1);
    expect(patience.factor).toBe(3);
  });
});
