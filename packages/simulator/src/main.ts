import { hunts } from './faults/hunts';
import { BUGS } from './faults/planted-bugs';
import { profileNames } from './faults/profiles';
import { LINK_FAULT_NAMES } from './faults/links';
import { search } from './search';
import { simulate } from './simulate';
import { STRIKES, surveyCuts } from './snapshot-cuts';
import { surveyLinks } from './steadiness';

const USAGE = `sim --seed 42 --profile partitions    replays one history
sim --seeds 1000 [--first 1]          searches that many seeds, going round the profiles (or in --profile alone)
sim --soak 20000 [--first 1]          the same; an interrupt ends it early, with its figures
    --journal file                    writes down how far it is, and goes on from there when it is run again
    --bug name                        with a bug planted; searches until it is found
sim --links 1000 [--fault name]       a minute each with broken links: how steady is the group? [--servers 5] [--seconds 60]
sim --hunts             the first seed that finds each planted bug, for the list that the tests replay
sim --cuts 50           a snapshot on its way, struck at each of its chunks in turn, in five ways
`;

const HUNT_SEEDS = 1000;

type Option = (name: string) => string | undefined;

async function main(argv: readonly string[]): Promise<void> {
  const option: Option = (name) => {
    const at = argv.indexOf(`--${name}`);
    return at < 0 ? undefined : argv[at + 1];
  };
  const first = integer('first', option('seed') ?? option('first') ?? '1');
  const links = option('links');
  if (links !== undefined) return surveyAllLinks(option, first, integer('links', links));
  const cuts = option('cuts');
  if (cuts !== undefined) return surveyAllCuts(first, integer('cuts', cuts));
  if (argv.includes('--hunts')) return huntAll();
  const count = option('seed') === undefined ? (option('soak') ?? option('seeds')) : '1';
  if (count === undefined) return void process.stdout.write(USAGE);
  return searchSeeds(option, first, integer('seeds', count));
}

async function surveyAllLinks(option: Option, first: number, seeds: number): Promise<void> {
  const wantedFault = oneOf('fault', option('fault'), LINK_FAULT_NAMES);
  const servers = integer('servers', option('servers') ?? '5');
  const seconds = integer('seconds', option('seconds') ?? '60');
  for (const fault of wantedFault ? [wantedFault] : LINK_FAULT_NAMES)
    say(JSON.stringify(await surveyLinks(fault, servers, seconds, first, seeds)));
}

async function surveyAllCuts(first: number, seeds: number): Promise<void> {
  for (const strike of STRIKES) {
    let installs = 0;
    let problems = 0;
    for (let seed = first; seed < first + seeds; seed++) {
      const survey = await surveyCuts(seed, strike);
      installs += survey.struck;
      problems += survey.problems.length;
      if (survey.problems.length > 0) say(JSON.stringify(survey));
    }
    say(JSON.stringify({ strike, seeds, installs, problems }));
    if (problems > 0) process.exitCode = 1;
  }
}

/** What `foundAt` in `faults/hunts.ts` should say. */
async function huntAll(): Promise<void> {
  for (const bug of BUGS) {
    let seed = 1;
    while (seed <= HUNT_SEEDS && (await simulate(seed, hunts[bug], bug)).kind === 'passed') seed++;
    say(seed > HUNT_SEEDS ? `${bug}: not within ${HUNT_SEEDS} seeds` : `${bug}: ${seed},`);
  }
}

async function searchSeeds(option: Option, first: number, count: number): Promise<void> {
  let isOver = false;
  process.once('SIGINT', () => (isOver = true));
  process.once('SIGTERM', () => (isOver = true));
  const profile = oneOf('profile', option('profile'), profileNames);
  const bug = oneOf('bug', option('bug'), BUGS);
  const sum = await search({ first, count, profile, bug, journal: option('journal') }, say, () => isOver);
  say(JSON.stringify(sum));
  process.exitCode = sum.bad === 0 ? 0 : 1;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function integer(what: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${what} ${text} is not a whole number`);
  return value;
}

function oneOf<T extends string>(what: string, value: string | undefined, known: readonly T[]): T | undefined {
  if (value === undefined || (known as readonly string[]).includes(value)) return value as T | undefined;
  throw new Error(`${what} ${value} is none of ${known.join(', ')}`);
}

void main(process.argv.slice(2));
