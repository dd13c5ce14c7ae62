#!/usr/bin/env node
// `npm run sim -- --seed N --profile P`: replays one history of the simulator; `--seeds N` searches for a bad one.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root, setup } from './setup.mjs';

setup();
const argv = [join(root, 'packages/simulator/dist/main.js'), ...process.argv.slice(2)];
process.exit(spawnSync(process.execPath, argv, { stdio: 'inherit' }).status ?? 1);
