/** More seeds: `npm run sim -- --cuts 100`. */
import { STRIKES, surveyCuts } from './snapshot-cuts';

const SEED = 1;

it.each(STRIKES)(
  'a snapshot arrives whole although at each chunk in turn: %s',
  async (strike) => {
    const { chunks, struck, resumed, problems } = await surveyCuts(SEED, strike);
    expect(problems).toEqual([]);
    expect(chunks).toBeGreaterThanOrEqual(20);
    expect(struck).toBe(chunks);
    // Whoever was only cut off goes on where the stream broke off; the first chunk leaves nothing to go on from.
    if (strike === 'link cut') expect(resumed).toBe(chunks - 1);
  },
  240_000,
);
