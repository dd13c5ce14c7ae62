import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { TestAgent } from './test-agent';

let agent: TestAgent;
beforeAll(async () => void (agent = await TestAgent.start()));
afterAll(() => agent.stop());

test('save, inspect and restore', async () => {
  const file = agent.path('backup.snap');
  await agent.run('kv', 'put', 'a', 'saved');
  const saved = await agent.run('snapshot', 'save', file);
  expect(saved).toMatchObject({ code: 0, stderr: '' });
  const index = /^Saved and verified snapshot to index (\d+)\n$/.exec(saved.stdout)![1]!;
  expect((await agent.run('snapshot', 'inspect', file)).stdout).toMatch(
    new RegExp(
      `^ID           \\d+-${index}-\\d+\nSize         \\d+\nIndex        ${index}\nTerm         \\d+\nVersion      1\n\n$`,
    ),
  );
  await agent.run('kv', 'put', 'a', 'new');
  expect(await agent.run('snapshot', 'restore', file)).toEqual({ code: 0, stdout: 'Restored snapshot\n', stderr: '' });
  expect((await agent.run('kv', 'get', 'a')).stdout).toBe('saved\n');
});

test('a damaged file is noticed by both, and changes nothing', async () => {
  const file = agent.path('damaged.snap');
  await agent.run('snapshot', 'save', '-stale', file);
  await agent.run('kv', 'put', 'witness', '1');
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(file, bytes);
  const inspected = await agent.run('snapshot', 'inspect', file);
  expect([inspected.code, inspected.stderr]).toEqual([
    1,
    expect.stringMatching(/^Error verifying snapshot: failed to /),
  ]);
  const restored = await agent.run('snapshot', 'restore', file);
  expect([restored.code, restored.stderr]).toEqual([
    1,
    expect.stringMatching(/^Error restoring snapshot: Unexpected response code: 500 \(failed to /),
  ]);
  expect((await agent.run('kv', 'get', 'witness')).stdout).toBe('1\n');
});

test.each([
  [['inspect', '/no/such'], 'Error opening snapshot file: open /no/such: no such file or directory'],
  [['restore', '/no/such'], 'Error opening snapshot file: open /no/such: no such file or directory'],
  [['save'], 'Missing FILE argument'],
  [['save', 'a', 'b'], 'Too many arguments (expected 1, got 2)'],
  [['inspect'], 'Missing FILE argument'],
])('snapshot %j complains as Consul does', async (argv, sentence) => {
  expect(await agent.run('snapshot', ...argv)).toEqual({ code: 1, stdout: '', stderr: `${sentence}\n` });
});

test('what cannot be written leaves nothing behind', async () => {
  const { code, stderr } = await agent.run('snapshot', 'save', '/no/such/x');
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(
      /^Error writing unverified snapshot file: open \/no\/such\/x\.unverified\.tmp\d+: no such file or directory\n$/,
    ),
  ]);
  expect(readdirSync(dirname(agent.path('x'))).filter((name) => name.includes('unverified'))).toEqual([]);
});
