#!/usr/bin/env node
// `npm start`: set-up, then a development agent in this terminal. What follows `--` goes to the agent.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root, setup } from './setup.mjs';

setup();
const command = join(root, 'packages/cli/bin/tribune.cjs');
const agent = spawn(process.execPath, [command, 'agent', '-dev', ...process.argv.slice(2)], { stdio: 'inherit' });
// Ctrl-C reaches the agent by itself (same terminal); a signal to this process alone is passed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.stdin.isTTY || agent.kill(signal));
agent.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 0)));
