/** The full survey is `npm run sim -- --links 1000`. */
import { firstSeedOfCommit } from './seeds-of-commit';
import { surveyLinks } from './steadiness';

const SEEDS = 3;
const SECONDS = 20;
const first = firstSeedOfCommit(SEEDS);

it.each(['leader to one', 'one to leader', 'partial mesh', 'followers apart'] as const)(
  `%s: nobody else is elected, and every write is served (seeds from ${first})`,
  async (fault) => {
    for (const servers of [3, 5]) {
      const survey = await surveyLinks(fault, servers, SECONDS, first, SEEDS);
      expect(survey).toMatchObject({ electionsMax: 0, termsMax: 0, availableMin: 1, violations: 0 });
    }
  },
  120_000,
);

it(`hub: the one that all hear comes to lead, and stays (seeds from ${first})`, async () => {
  const survey = await surveyLinks('hub', 5, SECONDS, first, SEEDS);
  // Of five, four may stand first and in vain before the hub does.
  expect(survey.availableMin).toBeGreaterThan(0.7);
  expect(survey.violations).toBe(0);
}, 120_000);
