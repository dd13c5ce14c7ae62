import { BUGS, type Bug } from './faults/planted-bugs';
import { hunts } from './faults/hunts';
import { profileNames, profiles, type ProfileName } from './faults/profiles';
import { simulate } from './simulate';

const USAGE = `sim --seed 42 --profile partitions    replays one history
sim --seeds 1000 [--first 1]          searches that many seeds, going round the profiles (or in --profile alone)
sim --soak 20000 [--first 1]          the same; an interrupt ends it early, with its figures
    --bug name                        with a bug planted; searches until it is found
`;

interface Figures {
  histories: number;
  operations: number;
  elections: number;
  bad: number;
}

/** A seed names its profile too, so that one number replays everything. */
const profileOf = (seed: number): ProfileName => profileNames[seed % profileNames.length]!;

async function main(argv: readonly string[]): Promise<void> {
  const option = (name: string): string | undefined => {
    const at = argv.indexOf(`--${name}`);
    return at < 0 ? undefined : argv[at + 1];
  };
  const wanted = oneOf('profile', option('profile'), profileNames);
  const bug = oneOf('bug', option('bug'), BUGS);
  const seed = option('seed');
  const count = seed === undefined ? (option('soak') ?? option('seeds')) : '1';
  if (count === undefined) return void process.stdout.write(USAGE);
  const first = Number(seed ?? option('first') ?? 1);
  const figures: Figures = { histories: 0, operations: 0, elections: 0, bad: 0 };
  const startedMs = Date.now();
  let isOver = false;
  process.once('SIGINT', () => (isOver = true));
  for (let each = first; each < first + Number(count) && !isOver; each++) {
    await search(each, wanted ?? profileOf(each), bug, figures);
    if (bug !== undefined && figures.bad > 0) break;
  }
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  process.stdout.write(`${JSON.stringify({ ...figures, seconds })}\n`);
  process.exitCode = figures.bad === 0 ? 0 : 1;
}

async function search(seed: number, profile: ProfileName, bug: Bug | undefined, figures: Figures): Promise<void> {
  const outcome = await simulate(seed, bug === undefined ? profiles[profile] : hunts[bug], bug);
  figures.histories++;
  if (outcome.kind === 'passed') {
    figures.operations += outcome.operations;
    figures.elections += outcome.elections;
    return;
  }
  figures.bad++;
  process.stdout.write(`--seed ${seed} --profile ${profile}: ${outcome.kind}: ${outcome.what}\n`);
}

function oneOf<T extends string>(what: string, value: string | undefined, known: readonly T[]): T | undefined {
  if (value === undefined || (known as readonly string[]).includes(value)) return value as T | undefined;
  throw new Error(`${what} ${value} is none of ${known.join(', ')}`);
}

void main(process.argv.slice(2));
