#!/usr/bin/env node
// `npm test`: set-up, then every package's tests: first those without sockets and processes (in parallel), then the
// integration tests (one file at a time: they measure time). Ends with one line that adds up the runner's own results.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setup } from './setup.mjs';

const PHASES = [
  { name: 'unit', args: ['--testPathIgnorePatterns', '\\.int\\.test\\.ts$', '/node_modules/', '/dist/', '--maxWorkers=2'] },
  { name: 'integration', args: ['--testPathPatterns', '\\.int\\.test\\.ts$', '--runInBand'] },
];

function projects() {
  const packages = join(root, 'packages');
  return readdirSync(packages)
    .map((name) => join(packages, name))
    .filter((path) => existsSync(join(path, 'jest.config.cjs')));
}

// `--forceExit`: what a failed test leaves open must not keep the run from ending and saying so.
function runPhase({ name, args }, folder) {
  const report = join(folder, `${name}.json`);
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const argv = [jest, '--projects', ...projects(), '--json', `--outputFile=${report}`, '--passWithNoTests', '--forceExit', ...args];
  const { status } = spawnSync(process.execPath, argv, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  if (!existsSync(report)) throw new Error(`the ${name} tests did not finish (exit ${status})`);
  return { status, result: JSON.parse(readFileSync(report, 'utf8')) };
}

setup();
const folder = mkdtempSync(join(tmpdir(), 'tribune-test-'));
let passed = 0;
let failed = 0;
let skipped = 0;
for (const phase of PHASES) {
  const { status, result } = runPhase(phase, folder);
  passed += result.numPassedTests;
  // A file that cannot be loaded has no tests to count, yet it has failed.
  failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
  skipped += result.numPendingTests + result.numTodoTests;
  if (status !== 0 && result.success) failed += 1;
}
rmSync(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 ? 1 : 0);
