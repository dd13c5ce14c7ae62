import { profiles, type ProfileName } from './faults/profiles';
import { simulate, type PlantedBugs } from './simulate';

/** SIM_SEEDS widens the search. */
const SEEDS = Number(process.env['SIM_SEEDS'] ?? 6);
const names = Object.keys(profiles) as ProfileName[];

describe.each(names)('a group of real nodes, profile %s', (name) => {
  it('is linearizable, and goes on when the faults end', async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      expect({ seed, outcome: await simulate(seed, profiles[name]) }).toEqual({
        seed,
        outcome: { kind: 'linearizable' },
      });
    }
  }, 120_000);
});

it('one seed gives one history', async () => {
  const bugs = { ignoresExpectation: true };
  const [one, other] = [await simulate(3, profiles.crashes, bugs), await simulate(3, profiles.crashes, bugs)];
  expect(one.kind).not.toBe('linearizable');
  expect(other).toEqual(one);
});

describe('a planted bug is found', () => {
  const harsh = { ...profiles.everything, servers: 3, crash: 0.04, partition: 0.1, loss: 0.05 };
  it.each<[string, PlantedBugs]>([
    ['reads without a read index', { readsLocally: true }],
    ['an exchange that ignores what it expects', { ignoresExpectation: true }],
    ['acknowledgement before the disk has it', { acknowledgesEarly: true }],
  ])(
    '%s',
    async (_what, bugs) => {
      for (let seed = 1; seed <= 200; seed++) {
        const outcome = await simulate(seed, harsh, bugs);
        if (outcome.kind !== 'linearizable') return;
      }
      throw new Error('not found within 200 seeds');
    },
    240_000,
  );
});
