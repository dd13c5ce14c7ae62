#!/usr/bin/env node
// `npm run build`: everything a clean clone needs, with nothing but Node and npm on the machine. Doing it again is cheap.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const stamp = join(root, 'node_modules/.tribune-installed');

/** npx brings the pinned pnpm along: no corepack, no global install. */
function pnpm(...args) {
  const quiet = { ...process.env, npm_config_update_notifier: 'false', TURBO_TELEMETRY_DISABLED: '1' };
  execFileSync('npx', ['--yes', manifest.packageManager, ...args], { cwd: root, stdio: ['ignore', 2, 2], env: quiet });
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Tribune needs Node 20.19 or later; this is ${process.versions.node}.`);
    process.exit(1);
  }
}

function dependencyHash() {
  const hash = createHash('sha256');
  const files = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'];
  for (const name of readdirSync(join(root, 'packages'))) files.push(`packages/${name}/package.json`);
  for (const file of files.map((name) => join(root, name)).filter((path) => existsSync(path)))
    hash.update(readFileSync(file));
  return hash.digest('hex');
}

function install() {
  const wanted = dependencyHash();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  pnpm('install', '--frozen-lockfile', '--reporter=append-only');
  writeFileSync(stamp, wanted);
}

export function setup() {
  requireNode();
  install();
  pnpm('exec', 'turbo', 'run', 'build', '--output-logs=errors-only');
}

if (resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) setup();
