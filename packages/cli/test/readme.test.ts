import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { flagsOf } from '../src/commands/command';
import { commands, type Group } from '../src/commands/tree';
import { clientFlags, namespaceFlag, serverFlags } from '../src/flags/http-flags';

const root = join(__dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const rows = new Map(
  [...readme.matchAll(/^\| `([a-z -]+)`( •)? +\| (.*?) +\|.*\|$/gm)].map(([, path, server, text]) => [
    path!,
    { server, text: text! },
  ]),
);

const leaves = (table: Group['commands'], path: readonly string[]): (readonly [string, Group['commands'][string]])[] =>
  Object.entries(table).flatMap(([word, node]) =>
    node.kind === 'group' ? leaves(node.commands, [...path, word]) : [[[...path, word].join(' '), node] as const],
  );

test('the table names every command and no other', () => {
  expect([...rows.keys()].sort()).toEqual(
    leaves(commands, [])
      .map(([path]) => path)
      .sort(),
  );
});

test.each(leaves(commands, []))('%s: the flags that the table names exist', (path, leaf) => {
  if (leaf.kind !== 'command') return expect(rows.get(path)?.text).toContain('@tribune/launcher');
  const command = leaf.load();
  expect(rows.get(path)?.server !== undefined).toBe(command.api === 'server');
  const known = Object.keys(flagsOf(command));
  for (const [, flag] of rows.get(path)!.text.matchAll(/(?:^|[` ])-([a-z][a-z0-9-]*)/g)) expect(known).toContain(flag);
});

test('the shared flags are named', () => {
  for (const flag of [...Object.keys(clientFlags), ...Object.keys(serverFlags)])
    expect(readme).toContain(`\`-${flag}\``);
  expect(Object.keys(namespaceFlag)).toEqual(['namespace']);
});

test('every promise names a test that exists', () => {
  const promises = readme.split('## Promises')[1]!.split('## Commands')[0]!;
  const named = [...promises.matchAll(/`((?:src|test)\/[^`]+)`/g)].map(([, path]) => path!);
  expect(named.length).toBeGreaterThanOrEqual(9);
  for (const path of named) expect(existsSync(join(root, path))).toBe(true);
});
