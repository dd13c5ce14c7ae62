// What `npm start` and `npm run cluster` have in common: processes that must not outlive the command that started them.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './setup.mjs';

/** npm hears Ctrl-C too, and passes it on: what comes this soon after the first is the same key press. */
const ECHO_MS = 500;
const PARENT_POLL_MS = 250;

/** An agent in a group of its own, which hears of Ctrl-C from us alone; however we end, it ends as well. */
export function spawnAgent(argv, output) {
  const preload = join(root, 'packages/launcher/bin/end-with-parent.cjs');
  const command = join(root, 'packages/cli/bin/tribune.cjs');
  const options = { stdio: ['pipe', output, output], detached: true };
  const agent = spawn(process.execPath, ['--require', preload, command, 'agent', ...argv], options);
  agent.stdin.on('error', () => undefined);
  return agent;
}

/** Calls `stop` at Ctrl-C, at the end of the terminal and when npm was killed; once more for each further Ctrl-C. */
export function whenToldToStop(stop) {
  let lastMs = -Infinity;
  const told = () => {
    if (performance.now() - lastMs < ECHO_MS) return;
    lastMs = performance.now();
    stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, told);
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    told();
  }, PARENT_POLL_MS);
  watch.unref();
}
