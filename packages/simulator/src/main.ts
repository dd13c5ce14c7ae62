import { BUGS } from './faults/planted-bugs';
import { profileNames } from './faults/profiles';
import { LINK_FAULT_NAMES } from './faults/links';
import { search } from './search';
import { surveyLinks } from './steadiness';

const USAGE = `sim --seed 42 --profile partitions    replays one history
sim --seeds 1000 [--first 1]          searches that many seeds, going round the profiles (or in --profile alone)
sim --soak 20000 [--first 1]          the same; an interrupt ends it early, with its figures
    --journal file                    writes down how far it is, and goes on from there when it is run again
    --bug name                        with a bug planted; searches until it is found
sim --links 1000 [--fault name]       a minute each with broken links: how steady is the group? [--servers 5] [--seconds 60]
`;

async function main(argv: readonly string[]): Promise<void> {
  const option = (name: string): string | undefined => {
    const at = argv.indexOf(`--${name}`);
    return at < 0 ? undefined : argv[at + 1];
  };
  const links = option('links');
  if (links !== undefined) {
    const wantedFault = oneOf('fault', option('fault'), LINK_FAULT_NAMES);
    const servers = integer('servers', option('servers') ?? '5');
    const seconds = integer('seconds', option('seconds') ?? '60');
    for (const fault of wantedFault ? [wantedFault] : LINK_FAULT_NAMES) {
      const survey = await surveyLinks(
        fault,
        servers,
        seconds,
        integer('first', option('first') ?? '1'),
        integer('links', links),
      );
      process.stdout.write(`${JSON.stringify(survey)}\n`);
    }
    return;
  }
  const seed = option('seed');
  const count = seed === undefined ? (option('soak') ?? option('seeds')) : '1';
  if (count === undefined) return void process.stdout.write(USAGE);
  let isOver = false;
  process.once('SIGINT', () => (isOver = true));
  process.once('SIGTERM', () => (isOver = true));
  const sum = await search(
    {
      first: integer('first', seed ?? option('first') ?? '1'),
      count: integer('seeds', count),
      profile: oneOf('profile', option('profile'), profileNames),
      bug: oneOf('bug', option('bug'), BUGS),
      journal: option('journal'),
    },
    (line) => process.stdout.write(`${line}\n`),
    () => isOver,
  );
  process.stdout.write(`${JSON.stringify(sum)}\n`);
  process.exitCode = sum.bad === 0 ? 0 : 1;
}

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
