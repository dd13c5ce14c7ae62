#!/usr/bin/env node
// Consensus beside etcd and beside raw LevelDB; `--help` says what can be chosen. Needs `npm run build`.
import { main } from '../dist/raft-bench.js';

await main(process.argv.slice(2));
