import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'tribune-dev-';
/** Who lives in the folder: lest a folder in use is ever taken for a left one. */
const OWNER_FILE = 'owner';

/** A folder for a development agent. Those of agents that were killed are removed, for nobody else will. */
export function makeTemporaryFolder(parent: string = tmpdir()): string {
  for (const name of namesIn(parent)) {
    const folder = join(parent, name);
    if (name.startsWith(PREFIX) && isLeft(folder)) remove(folder);
  }
  const path = mkdtempSync(join(parent, PREFIX));
  writeFileSync(join(path, OWNER_FILE), `${process.pid} ${whereabouts()}`);
  return path;
}

/** Its owner is of this very machine and process namespace, and gone. Whatever cannot be told stays. */
function isLeft(folder: string): boolean {
  try {
    const [pid, ...rest] = readFileSync(join(folder, OWNER_FILE), 'utf8').split(' ');
    return rest.join(' ') === whereabouts() && /^[1-9]\d*$/.test(pid!) && !runs(Number(pid));
  } catch {
    return false;
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Process ids mean something within this only: containers may share a folder. */
function whereabouts(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

function namesIn(parent: string): readonly string[] {
  try {
    return readdirSync(parent);
  } catch {
    return [];
  }
}

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Of another user, or another agent removes it just now.
  }
}
