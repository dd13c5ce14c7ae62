import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAgent } from './run-agent';
import { runValidate } from './run-validate';

let folder: string;
let printed: { out: string; error: string };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'validate-'));
  printed = { out: '', error: '' };
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((printed.out += String(text)), true));
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => ((printed.error += String(text)), true));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}
const good = (): string => file('good.hcl', 'data_dir = "/d" bind_addr = "127.0.0.1"');
const bad = (): string => file('bad.hcl', 'data_dir = "/d" bind_addr = "127.0.0.1" bogus = 1 ports { http = "x" }');

test('a valid file is valid, quietly when asked', async () => {
  expect(await runValidate([good()])).toBe(0);
  expect(printed).toEqual({ out: 'Configuration is valid!\n', error: '' });
  expect(await runValidate(['-quiet', good()])).toBe(0);
  expect(printed.out).toBe('Configuration is valid!\n');
});

test('everything that is wrong is listed, and the exit code is 1', async () => {
  expect(await runValidate([bad()])).toBe(1);
  expect(printed.error).toBe(
    `Config validation failed: 2 error(s) occurred:\n\n* ${folder}/bad.hcl: bogus: invalid config key\n* ${folder}/bad.hcl: ports.http: expected a whole number, got "x"\n\n`,
  );
});

test('files can be of another extension, folders are read whole, and no argument is an error', async () => {
  expect(
    await runValidate(['-config-format', 'hcl', file('good.conf', 'data_dir = "/d" bind_addr = "127.0.0.1"')]),
  ).toBe(0);
  rmSync(join(folder, 'good.conf'));
  good();
  expect(await runValidate([folder])).toBe(0);
  expect(await runValidate([])).toBe(1);
  expect(printed.error).toBe('Must specify at least one config file or directory\n');
});

test('an agent with a wrong configuration ends with 1 before anything starts', async () => {
  expect(await runAgent(['-config-file', bad(), '-bootstrap'])).toBe(1);
  expect(printed.out).toBe('');
  expect(printed.error.split('\n')).toEqual([
    `==> ${folder}/bad.hcl: bogus: invalid config key`,
    `==> ${folder}/bad.hcl: ports.http: expected a whole number, got "x"`,
    "==> bootstrap: 'bootstrap = true' requires 'server = true'",
    '',
  ]);
});

test('the help is made of the table that reads the flags', async () => {
  expect(await runAgent(['-h'])).toBe(0);
  expect(printed.out).toContain('  -http-port=<value>\n     Sets the HTTP API port to listen on.');
  expect(printed.out).toContain('  -dev\n     Starts the agent in development mode.\n');
});
