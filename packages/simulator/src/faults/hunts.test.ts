/** Judges that never find anything prove nothing: each bug planted here must be found within a thousand seeds. */
import { simulate } from '../simulate';
import { hunts } from './hunts';
import { BUGS, type Bug } from './planted-bugs';

const SEEDS_MAX = 1000;

async function seedsUntilFound(bug: Bug): Promise<number> {
  for (let seed = 1; seed <= SEEDS_MAX; seed++) {
    if ((await simulate(seed, hunts[bug], bug)).kind !== 'passed') return seed;
  }
  return Infinity;
}

it.each(BUGS)('%s is found', async (bug) => expect(await seedsUntilFound(bug)).toBeLessThanOrEqual(SEEDS_MAX), 600_000);

it.each(BUGS)(
  'without %s the same world is sound',
  async (bug) => {
    expect(await simulate(1, hunts[bug])).toMatchObject({ kind: 'passed' });
  },
  60_000,
);
