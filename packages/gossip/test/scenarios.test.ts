import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runScenario } from './scenario-runner';

const FOLDER = join(__dirname, 'scenarios');

/** `UPDATE_SCENARIOS=1 npx jest scenarios` rewrites what the commands printed; review it as a diff. */
describe.each(readdirSync(FOLDER).filter((name) => name.endsWith('.txt')))('the transcript %s', (name) => {
  const path = join(FOLDER, name);

  it('still tells the same story', () => {
    const expected = readFileSync(path, 'utf8');
    const actual = runScenario(expected);
    if (process.env.UPDATE_SCENARIOS === '1') writeFileSync(path, actual);
    expect(actual).toBe(process.env.UPDATE_SCENARIOS === '1' ? actual : expected);
  });
});
