import { profiles, type ProfileName } from './faults/profiles';
import { simulate } from './simulate';

/** `sim --seed 42 --profile partitions` replays one history; `sim --seeds 1000` searches all profiles. */
async function main(argv: readonly string[]): Promise<void> {
  const option = (name: string): string | undefined => {
    const at = argv.indexOf(`--${name}`);
    return at < 0 ? undefined : argv[at + 1];
  };
  const seed = option('seed');
  const first = Number(option('first') ?? 1);
  const count = Number(option('seeds') ?? 100);
  const seeds = seed === undefined ? Array.from({ length: count }, (_, i) => first + i) : [Number(seed)];
  const wanted = option('profile');
  if (wanted !== undefined && !(wanted in profiles))
    throw new Error(`profile ${wanted} is none of ${Object.keys(profiles).join(', ')}`);
  const names = (wanted === undefined ? Object.keys(profiles) : [wanted]) as ProfileName[];
  let bad = 0;
  for (const name of names) {
    for (const each of seeds) {
      const outcome = await simulate(each, profiles[name]);
      if (outcome.kind === 'linearizable') continue;
      bad++;
      process.stdout.write(
        `${name} seed ${each}: ${JSON.stringify(outcome, (_key, value: unknown) => (value === Infinity ? 'never' : value))}\n`,
      );
    }
    process.stdout.write(`${name}: ${seeds.length} histories\n`);
  }
  process.exitCode = bad === 0 ? 0 : 1;
}

void main(process.argv.slice(2));
