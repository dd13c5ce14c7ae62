import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTemporaryFolder } from './temporary-folder';

let parent: string;
beforeEach(() => (parent = mkdtempSync(join(tmpdir(), 'parent-'))));
afterEach(() => rmSync(parent, { recursive: true }));

/** A folder like that of a development agent, whose owner says this. */
function leave(name: string, owner: string | undefined): string {
  const folder = join(parent, name);
  mkdirSync(join(folder, 'raft'), { recursive: true });
  if (owner !== undefined) writeFileSync(join(folder, 'owner'), owner);
  return folder;
}

test('what a killed agent left is removed, what may be in use stays', () => {
  const own = makeTemporaryFolder(parent);
  const owner = readFileSync(join(own, 'owner'), 'utf8');
  const gone = spawnSync(process.execPath, ['-e', 'process.stdout.write(String(process.pid))']).stdout.toString();
  const ofGone = owner.replace(/^\d+/, gone);
  const left = leave('tribune-dev-left', ofGone);
  const kept = [
    own,
    leave('tribune-dev-elsewhere', `${ofGone}x`),
    leave('tribune-dev-unsaid', undefined),
    leave('tribune-dev-odd', owner.replace(/^\d+/, '-1')),
    leave('other', ofGone),
  ];
  const next = makeTemporaryFolder(parent);
  expect([left, next, ...kept].map((folder) => existsSync(folder))).toEqual([false, true, ...kept.map(() => true)]);
});

test('a parent that cannot be read does not matter, one that cannot be written does', () => {
  expect(() => makeTemporaryFolder(join(parent, 'none'))).toThrow(/ENOENT/);
});
