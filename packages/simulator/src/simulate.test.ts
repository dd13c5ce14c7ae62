import { profileOf, profiles, rotatedProfiles, type ProfileName } from './faults/profiles';
import knownSeeds from './seeds.json';
import { firstSeedOfCommit } from './seeds-of-commit';
import { simulate } from './simulate';

/** SIM_SEEDS and SIM_FIRST look elsewhere, and `npm run sim` for hours. */
const SEEDS = Number(process.env['SIM_SEEDS'] ?? 300);
const PER_PROFILE = Math.ceil(SEEDS / rotatedProfiles.length);
const FIRST = Number(process.env['SIM_FIRST'] ?? firstSeedOfCommit(PER_PROFILE));

async function replay(seed: number, profile: ProfileName): Promise<void> {
  const outcome = await simulate(seed, profileOf(profile));
  if (outcome.kind === 'passed') return;
  throw new Error(`npm run sim -- --seed ${seed} --profile ${profile}: ${outcome.kind}: ${outcome.what}`);
}

describe.each(rotatedProfiles)('a group of real nodes, profile %s', (name) => {
  it(`keeps every promise from seed ${FIRST} on, ${PER_PROFILE} seeds`, async () => {
    for (let seed = FIRST; seed < FIRST + PER_PROFILE; seed++) await replay(seed, name);
  }, 240_000);
});

it('keeps every promise where it was once broken', async () => {
  for (const { seed, profile } of knownSeeds) await replay(seed, profile as ProfileName);
}, 240_000);

it('one seed gives one history', async () => {
  const [one, other] = [await simulate(3, profiles.everything), await simulate(3, profiles.everything)];
  expect(one).toMatchObject({ kind: 'passed', operations: expect.any(Number) as number });
  expect(other).toEqual(one);
}, 60_000);
