import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runScenario } from './scenario-run';
import type { Scenario } from './step';

const read = (name: string): unknown => JSON.parse(readFileSync(path.join(__dirname, name), 'utf8'));
const scenarios = read('requests.json') as Scenario[];
const recorded = read('recorded.json') as Record<string, Record<string, unknown>>;
const intended = read('intended-differences.json') as Record<string, string>;

/** What Consul 1.8.7 answered to these requests, beside what we answer. Each scenario has an agent of its own. */
const answers = new Map(scenarios.map((scenario) => [scenario.scenario, runScenario(scenario)]));
for (const run of answers.values()) run.catch(() => undefined);

describe.each(scenarios)('$scenario', ({ scenario, steps }) => {
  const cases = steps.filter(({ fixture }) => !fixture).map(({ name }) => name);

  test.each(cases)('%s', async (name) => {
    const answer = (await answers.get(scenario)!).get(name)!;
    const expected = recorded[`${scenario}: ${name}`]!;
    if (intended[`${scenario}: ${name}`] === undefined) expect(answer).toEqual(expected);
    else expect(answer).not.toEqual(expected);
  });
});

test('every intended difference names a case', () => {
  const names = new Set(scenarios.flatMap(({ scenario, steps }) => steps.map(({ name }) => `${scenario}: ${name}`)));
  expect(Object.keys(intended).filter((name) => !names.has(name))).toEqual([]);
});
