/**
 * Transcripts: each scenario is a story in commands, with what must come of it below every command. Run with
 * RAFT_SCENARIOS=update to write the outputs anew, and review the difference as code.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScenarioWorld } from './scenario-runner/world';

const FOLDER = join(__dirname, 'scenarios');
const UPDATE = process.env['RAFT_SCENARIOS'] === 'update';

/** Lines that begin with `>` are commands, `#` comments; everything else is output and is made anew. */
function replay(text: string): string {
  const world = new ScenarioWorld();
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('>')) lines.push(line, ...world.execute(line.slice(1).trim()).map((output) => `    ${output}`));
    else if (line === '' || line.startsWith('#')) lines.push(line);
  }
  return lines.join('\n');
}

describe('scenario', () => {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));

  it.each(names)('%s', (name) => {
    const path = join(FOLDER, name);
    const golden = readFileSync(path, 'utf8');
    const actual = replay(golden);
    if (UPDATE) writeFileSync(path, actual);
    else expect(actual).toBe(golden);
  });

  it('has transcripts to replay', () => expect(names.length).toBeGreaterThan(8));
});
