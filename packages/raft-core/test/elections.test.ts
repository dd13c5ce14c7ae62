/** `RAFT_FIGURES=update npx jest test/elections` makes docs/figures/election-time.svg anew, with 1000 trials per line. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cdfSvg, type Line } from './simulation/cdf-svg';
import { leaderlessMs } from './simulation/elections';

const IS_UPDATE = process.env['RAFT_FIGURES'] === 'update';
const TRIALS = IS_UPDATE ? 1000 : 60;
const SPREADS_MS = [1, 5, 10, 25, 50, 150];
const BASE_MS = 150;

function lineOf(spreadMs: number): Line {
  const values = Array.from({ length: TRIALS }, (_, seed) => leaderlessMs(seed + 1, { baseMs: BASE_MS, spreadMs }));
  return { name: `${BASE_MS}–${BASE_MS + spreadMs} ms`, values: values.sort((a, b) => a - b) };
}

const at = ({ values }: Line, share: number): number => values[Math.floor((values.length - 1) * share)]!;

it('a little randomness ends split votes: the more spread, the shorter the worst case (figure 16 of the paper)', () => {
  const lines = SPREADS_MS.map(lineOf);
  const [least, , , , , most] = lines as [Line, Line, Line, Line, Line, Line];
  expect(at(most, 0.5)).toBeLessThan(300);
  expect(at(most, 1)).toBeLessThan(at(least, 1));
  if (!IS_UPDATE) return;
  const folder = join(__dirname, '../../../docs/figures');
  mkdirSync(folder, { recursive: true });
  const title = 'Time without a leader after a crash, five servers, by spread of the election timeout';
  writeFileSync(join(folder, 'election-time.svg'), cdfSvg(title, lines, 100, 20_000));
  process.stdout.write(
    `${lines.map((line) => `${line.name} ${[0.5, 0.9, 0.99, 1].map((q) => at(line, q)).join(' ')}`).join('\n')}\n`,
  );
}, 600_000);
