import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@tribune/platform';
import type { AgentConfig } from '../config/agent-config';
import { openDataFolder } from './data-folder';

const ID = '01234567-89ab-cdef-0123-456789abcdef';
let parent: string;
beforeEach(() => (parent = mkdtempSync(join(tmpdir(), 'folder-'))));
afterEach(() => rmSync(parent, { recursive: true }));
const open = (dataDir: string, nodeId = '') => openDataFolder({ dataDir, nodeId } as AgentConfig, seededRandom(7));

test('makes the folder and an id, and finds both again', () => {
  const path = join(parent, 'a', 'b');
  const { nodeId } = open(path);
  expect(nodeId).toMatch(/^[0-9a-f-]{36}$/);
  expect(openDataFolder({ dataDir: path, nodeId: '' } as AgentConfig, seededRandom(8)).nodeId).toBe(nodeId);
});

test('a given id replaces the one of the file', () => {
  open(parent);
  expect(open(parent, ID).nodeId).toBe(ID);
  expect(readFileSync(join(parent, 'node-id'), 'utf8')).toBe(ID);
});

test('refuses a damaged id rather than become another node', () => {
  writeFileSync(join(parent, 'node-id'), 'half a uu');
  expect(() => open(parent)).toThrow(/node-id holds "half a uu", which is not a UUID/);
});

test('names a folder that cannot be used', () => {
  writeFileSync(join(parent, 'file'), '');
  expect(() => open(join(parent, 'file'))).toThrow(/data_dir ".*file" is not a directory/);
});

test('a temporary folder goes at the end, a given one stays', () => {
  const temporary = open('');
  expect(existsSync(temporary.path)).toBe(true);
  temporary.release();
  expect(existsSync(temporary.path)).toBe(false);
  open(parent).release();
  expect(existsSync(parent)).toBe(true);
});
