import { CONSUL_VERSION as agentConsul, TRIBUNE_VERSION as agentTribune } from '@tribune/launcher';
import { flagsOf } from '../src/commands/command';
import { commands, type Group, type Leaf } from '../src/commands/tree';
import { CONSUL_VERSION, TRIBUNE_VERSION } from '../src/commands/version';
import { run } from '../src/run';
import { FakeTerminal } from './fake-terminal';

async function outcome(...argv: string[]) {
  const terminal = new FakeTerminal();
  const code = await run(argv, terminal);
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

const walk = (table: Group['commands'], path: readonly string[]): [string, Leaf | Group][] =>
  Object.entries(table).flatMap(([word, node]): [string, Leaf | Group][] => {
    const here: [string, Leaf | Group] = [[...path, word].join(' '), node];
    return node.kind === 'group' ? [here, ...walk(node.commands, [...path, word])] : [here];
  });
const nodes = walk(commands, []);
const groups = nodes.flatMap(([path, node]) => (node.kind === 'group' ? [[path, node] as const] : []));
const leaves = nodes.flatMap(([path, node]) => (node.kind === 'command' ? [[path, node] as const] : []));

describe.each(leaves)('%s', (path, leaf) => {
  test.each(['-h', '-help', '--help'])('%s prints its usage and every flag', async (help) => {
    const { code, stdout, stderr } = await outcome(...path.split(' '), help);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.startsWith(`Usage: tribune ${path}`)).toBe(true);
    for (const flag of Object.keys(flagsOf(leaf.load())))
      expect(stdout).toMatch(new RegExp(`^  -${flag}(=<.+>)?$`, 'm'));
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(82);
  });

  test('an unknown flag is an error that shows the usage', async () => {
    const { code, stdout, stderr } = await outcome(...path.split(' '), '-no-such-flag');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.startsWith(`flag provided but not defined: -no-such-flag\n\nUsage: tribune ${path}`)).toBe(true);
  });
});

test.each(groups)('%s lists its commands: asked for on stdout, otherwise as an error', async (path, group) => {
  const words = path.split(' ');
  const asked = await outcome(...words, '-h');
  expect(asked).toMatchObject({ code: 0, stderr: '' });
  for (const [word, { synopsis }] of Object.entries(group.commands))
    expect(asked.stdout).toMatch(new RegExp(`^    ${word} +${synopsis}$`, 'm'));
  for (const argv of [words, [...words, 'no-such-command'], [...words, '-x']])
    expect(await outcome(...argv)).toEqual({ code: 1, stdout: '', stderr: asked.stdout });
});

test('no command and an unknown one list what there is', async () => {
  const asked = await outcome('-h');
  expect(asked).toMatchObject({ code: 0, stderr: '' });
  for (const word of Object.keys(commands)) expect(asked.stdout).toContain(`\n    ${word} `);
  for (const argv of [[], ['no-such-command'], ['help'], ['__proto__'], ['-x']]) {
    const { code, stdout, stderr } = await outcome(...argv);
    expect({ code, stdout }).toEqual({ code: 127, stdout: '' });
    expect(`${stderr}`.trim()).toBe(asked.stdout.trim());
  }
});

test.each(['-v', '-version', '--version', 'version'])('%s prints the version', async (word) => {
  const { code, stdout } = await outcome(word);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    new RegExp(`^Tribune v${TRIBUNE_VERSION}\nSpeaks the interfaces of Consul v${CONSUL_VERSION}\n`),
  );
});

test('the version as JSON has the fields that Consul has', async () => {
  const { stdout } = await outcome('version', '-format=json');
  expect(JSON.parse(stdout)).toMatchObject({
    Version: TRIBUNE_VERSION,
    Revision: '',
    Prerelease: '',
    RPC: { Default: 2 },
  });
  expect(await outcome('version', '-format=x')).toEqual({ code: 1, stdout: '', stderr: 'Unknown format: x\n' });
});

test('the versions are those of the agent', () => {
  expect([TRIBUNE_VERSION, CONSUL_VERSION]).toEqual([agentTribune, agentConsul]);
});

test('flags before the command are refused with a hint', async () => {
  for (const command of ['members', 'agent']) {
    const { code, stderr } = await outcome('-http-addr=x', command);
    expect(code).toBe(1);
    expect(stderr).toContain('please put them after the subcommand');
  }
});

test('after -- nothing asks for help', async () => {
  const { stderr } = await outcome('lock', '-http-addr=127.0.0.1:1', '--', 'p', 'x', '-h');
  expect(stderr).toContain('Error querying Consul agent');
});

test('an address that is none is an error by name', async () => {
  const { code, stderr } = await outcome('members', '-http-addr=ftp://x');
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^Error retrieving members: .*-http-addr: "ftp:\/\/x"|^Error connecting.*-http-addr: "ftp:\/\/x"/,
  );
});

test('keygen makes 32 bytes, never the same', async () => {
  const [one, two] = [await outcome('keygen'), await outcome('keygen')];
  expect(Buffer.from(one.stdout, 'base64')).toHaveLength(32);
  expect(one.stdout).not.toBe(two.stdout);
});
