import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Bug } from './faults/planted-bugs';
import { hunts } from './faults/hunts';
import { profileOf, rotatedProfiles, type ProfileName } from './faults/profiles';
import { simulate, type Figures } from './simulate';

/** How often a search writes down how far it is. */
const SECONDS_PER_LINE = 10;

export interface SearchOptions {
  readonly first: number;
  readonly count: number;
  /** Undefined: round all of them. */
  readonly profile?: ProfileName;
  /** Planted; the search ends when it is found. */
  readonly bug?: Bug;
  /** Progress is kept there, and a search that was interrupted goes on behind it. */
  readonly journal?: string;
}

export type Sum = { -readonly [K in keyof Figures]: number } & {
  histories: number;
  bad: number;
  /** The last seed that was looked at. */
  through: number;
  seconds: number;
};

const FIGURES = ['operations', 'elections', 'changes', 'expiries', 'virtualMs'] as const;

/** A seed names its profile too, so that one number replays everything. */
const rotatedTo = (seed: number): ProfileName => rotatedProfiles[seed % rotatedProfiles.length]!;

/** Looks at one seed after another, and says of each bad one how to replay it. */
export async function search(options: SearchOptions, say: (line: string) => void, isOver: () => boolean): Promise<Sum> {
  const { first, count, profile: wanted, bug, journal } = options;
  const sum = resumed(journal) ?? { ...NOTHING, through: first - 1 };
  let notedAt = sum.seconds;
  const startedMs = Date.now() - sum.seconds * 1000;
  while (sum.through < first + count - 1 && !isOver()) {
    const seed = sum.through + 1;
    const profile = wanted ?? rotatedTo(seed);
    const outcome = await simulate(seed, bug === undefined ? profileOf(profile) : hunts[bug], bug);
    sum.through = seed;
    sum.histories++;
    sum.seconds = Math.round((Date.now() - startedMs) / 1000);
    if (outcome.kind === 'passed') {
      for (const name of FIGURES) sum[name] += outcome[name];
    } else {
      sum.bad++;
      say(`--seed ${seed} --profile ${profile}${bug ? ` --bug ${bug}` : ''}: ${outcome.kind}: ${outcome.what}`);
      if (bug !== undefined) break;
    }
    if (sum.seconds < notedAt + SECONDS_PER_LINE) continue;
    note(journal, sum);
    notedAt = sum.seconds;
  }
  note(journal, sum);
  return sum;
}

const NOTHING: Omit<Sum, 'through'> = {
  histories: 0,
  bad: 0,
  operations: 0,
  elections: 0,
  changes: 0,
  expiries: 0,
  virtualMs: 0,
  seconds: 0,
};

function resumed(journal: string | undefined): Sum | undefined {
  if (journal === undefined || !existsSync(journal)) return undefined;
  const last = readFileSync(journal, 'utf8').trim().split('\n').at(-1);
  return last ? (JSON.parse(last) as Sum) : undefined;
}

function note(journal: string | undefined, sum: Sum): void {
  if (journal !== undefined) appendFileSync(journal, `${JSON.stringify(sum)}\n`);
}
