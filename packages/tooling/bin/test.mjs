#!/usr/bin/env node
// `npm test`: set-up, then every package's tests: first those without sockets and processes (in parallel), then the
// integration tests (one file at a time: they measure time). Ends with one line that adds up the runner's own results.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setup } from './setup.mjs';

const PHASES = [
  {
    name: 'unit',
    args: ['--testPathIgnorePatterns', '\\.int\\.test\\.ts$', '/node_modules/', '/dist/', '--maxWorkers=2'],
  },
  { name: 'integration', args: ['--testPathPatterns', '\\.int\\.test\\.ts$', '--runInBand'] },
];
/** A runner that has told its result and does not end within this time was left with something open by a test. */
const ENDING_MS = 60_000;
/** No phase takes this long, on any machine; one that does hangs. */
const PHASE_MS = 45 * 60_000;
const LOOK_MS = 1_000;

function projects() {
  const packages = join(root, 'packages');
  return readdirSync(packages)
    .map((name) => join(packages, name))
    .filter((path) => existsSync(join(path, 'jest.config.cjs')));
}

/** Starts the runner in a group of its own, which goes as a whole: tests start processes. */
function startJest(argv) {
  const jest = spawn(process.execPath, [join(root, 'node_modules/jest/bin/jest.js'), ...argv], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
  const kill = () => {
    try {
      process.kill(-jest.pid, 'SIGKILL');
    } catch {
      // Nothing of it is left.
    }
  };
  return { jest, kill };
}

/** Resolves with why the runner had to be ended, undefined when it ended by itself. */
function end({ jest, kill }, report) {
  return new Promise((resolve) => {
    const began = performance.now();
    let toldAt;
    let reason;
    const watch = setInterval(() => {
      const now = performance.now();
      if (toldAt === undefined && existsSync(report)) toldAt = now;
      if (toldAt !== undefined && now - toldAt > ENDING_MS)
        reason = 'something that a test opened kept the run from ending';
      else if (now - began > PHASE_MS) reason = `no end after ${PHASE_MS / 60_000} minutes`;
      if (reason) kill();
    }, LOOK_MS);
    jest.once('exit', (status) => {
      clearInterval(watch);
      kill();
      resolve({ status, reason });
    });
  });
}

async function runPhase({ name, args }, folder) {
  const report = join(folder, `${name}.json`);
  const argv = ['--projects', ...projects(), '--json', `--outputFile=${report}`, '--passWithNoTests', ...args];
  const running = startJest(argv);
  const interrupted = () => {
    running.kill();
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, interrupted);
  const { status, reason } = await end(running, report);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, interrupted);
  if (reason) console.error(`the ${name} tests: ${reason}`);
  if (!existsSync(report)) throw new Error(`the ${name} tests did not finish (${reason ?? `exit ${status}`})`);
  return { hasEnded: reason === undefined, status, result: JSON.parse(readFileSync(report, 'utf8')) };
}

setup();
const folder = mkdtempSync(join(tmpdir(), 'tribune-test-'));
let passed = 0;
let failed = 0;
let skipped = 0;
for (const phase of PHASES) {
  const { hasEnded, status, result } = await runPhase(phase, folder);
  passed += result.numPassedTests;
  // A file that cannot be loaded has no tests to count, yet it has failed.
  failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
  skipped += result.numPendingTests + result.numTodoTests;
  if (!hasEnded || (status !== 0 && result.success)) failed += 1;
}
rmSync(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 ? 1 : 0);
