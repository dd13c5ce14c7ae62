/** Judges that never find anything prove nothing: each bug planted here must be found within a thousand seeds. */
import { simulate } from '../simulate';
import { foundAt, hunts } from './hunts';
import type { Bug } from './planted-bugs';

const SEEDS_MAX = 1000;
const found = Object.entries(foundAt) as [Bug, number][];

const isFound = async (bug: Bug, seed: number): Promise<boolean> =>
  (await simulate(seed, hunts[bug], bug)).kind !== 'passed';

async function isFoundWithin(bug: Bug, recorded: number): Promise<boolean> {
  if (await isFound(bug, recorded)) return true;
  for (let seed = 1; seed <= SEEDS_MAX; seed++) if (await isFound(bug, seed)) return true;
  return false;
}

it('ten bugs at least are planted', () => expect(found.length).toBeGreaterThanOrEqual(10));

it.each(found)(
  '%s is found, at seed %i or another',
  async (bug, seed) => {
    expect(await isFoundWithin(bug, seed)).toBe(true);
  },
  600_000,
);

it.each(found)(
  'without %s the same world is sound',
  async (bug, seed) => {
    expect(await simulate(seed, hunts[bug])).toMatchObject({ kind: 'passed' });
  },
  60_000,
);
