#!/usr/bin/env node
// The failure tests again and again, over network namespaces if allowed, and tests of its own that take long or need root and gcc:
//   node bin/soak.mjs [--rounds 20] [--minutes 30] [--changes 100000] [--network proxied] [jest words]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    minutes: { type: 'string', default: '30' },
    changes: { type: 'string', default: '100000' },
    network: { type: 'string', default: 'namespaces' },
  },
  allowPositionals: true,
});
const environment = {
  ...process.env,
  TRIBUNE_ROUNDS: values.rounds,
  TRIBUNE_MINUTES: values.minutes,
  TRIBUNE_CHANGES: values.changes,
  TRIBUNE_NETWORK: values.network,
};
const paths = positionals.length > 0 ? positionals : ['test/failures', 'test/soak'];
const { status } = spawnSync('npx', ['jest', '--runInBand', '--verbose', ...paths], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: environment,
  stdio: 'inherit',
});
process.exit(status ?? 1);
