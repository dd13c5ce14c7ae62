import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { TestAgent } from './test-agent';

let agent: TestAgent;
beforeAll(async () => void (agent = await TestAgent.start()));
afterAll(() => agent.stop());

const text = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

interface Session {
  readonly ID: string;
  readonly Name: string;
  readonly TTL: string;
  readonly Behavior: string;
}
const sessions = async (): Promise<Session[]> => JSON.parse(await agent.get('/v1/session/list')) as Session[];

test('the child runs while the lock is held, and nothing is left behind', async () => {
  const seen = agent.path('held.json');
  const fetch = `fetch('http://' + process.env.CONSUL_HTTP_ADDR + '/v1/kv/job/.lock').then((answer) => answer.text())`;
  const get = `"${process.execPath}" -e "${fetch}.then((text) => process.stdout.write(text))"`;
  const { code, stdout } = await agent.run(
    'lock',
    '-verbose',
    'job',
    `echo $CONSUL_LOCK_HELD > ${agent.path('held')}; ${get} > ${seen}`,
  );
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout:
      'Setting up lock at path: job/.lock\nAttempting lock acquisition\nStarting handler\n' +
      'Child terminated, releasing lock\nCleanup succeeded\n',
  });
  expect(text(agent.path('held'))).toBe('true\n');
  expect(text(seen)).toMatch(/"Flags": ?3304740253564472344,/);
  expect(await agent.get('/v1/kv/job/.lock')).toBe('');
  expect(await sessions()).toEqual([]);
});

test('a second holder waits for the first', async () => {
  const log = agent.path('order');
  const gate = agent.path('gate');
  const first = agent.begin(
    'lock',
    'turn',
    `echo first >> ${log}; until [ -e ${gate} ]; do sleep 0.02; done; echo done >> ${log}`,
  );
  await agent.until(() => text(log) === 'first\n');
  const second = agent.begin('lock', 'turn', `echo second >> ${log}`);
  await agent.until(async () => (await sessions()).length === 2);
  await agent.put('/v1/kv/unrelated', 'x');
  expect(text(log)).toBe('first\n');
  writeFileSync(gate, '');
  expect(await Promise.all([first.ended, second.ended])).toEqual([0, 0]);
  expect(text(log)).toBe('first\ndone\nsecond\n');
});

test('a lock that cannot be had in time is an error, and its session is given up', async () => {
  const holder = agent.begin('lock', 'busy', `touch ${agent.path('busy')}; exec sleep 60`);
  await agent.until(() => existsSync(agent.path('busy')));
  const { code, stderr } = await agent.run('lock', '-timeout=50ms', 'busy', 'true');
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'Shutdown triggered or timeout during lock acquisition\n' });
  expect(await sessions()).toHaveLength(1);
  holder.terminal.pressCtrlC();
  expect(await holder.ended).toBe(0);
  expect(await sessions()).toEqual([]);
});

test('a lost lock terminates the child', async () => {
  const { terminal, ended } = agent.begin(
    'lock',
    '-verbose',
    '-name=mine',
    'lost',
    `trap 'echo term > ${agent.path('term')}; exit 4' TERM; touch ${agent.path('up')}; while :; do sleep 0.02; done`,
  );
  await agent.until(() => existsSync(agent.path('up')));
  const [session] = await sessions();
  expect(session).toMatchObject({ Name: 'mine', TTL: '15s', Behavior: 'release' });
  await agent.put(`/v1/session/destroy/${session!.ID}`);
  expect(await ended).toBe(0);
  expect(text(agent.path('term'))).toBe('term\n');
  expect(terminal.stdout).toMatch(
    /Lock lost, killing child\nTerminating child pid \d+\nChild terminated\nCleanup succeeded\n$/,
  );
});

test('an interrupt terminates the child and releases the lock', async () => {
  const { terminal, ended } = agent.begin('lock', '-verbose', 'stop', `touch ${agent.path('started')}; exec sleep 60`);
  await agent.until(() => existsSync(agent.path('started')));
  terminal.pressCtrlC();
  expect(await ended).toBe(0);
  expect(terminal.stdout).toContain('Shutdown triggered, killing child\n');
  expect(await agent.get('/v1/kv/stop/.lock')).toBe('');
});

test.each([
  [['lock', 'code', 'exit 7'], 0, 'Error running handler: exit status 7\n'],
  [['lock', '-child-exit-code', 'code', 'exit 7'], 2, 'Error running handler: exit status 7\n'],
  [['lock', '-child-exit-code', 'code', 'kill -9 $$'], 2, 'Error running handler: signal: killed\n'],
  [
    ['lock', '-shell=false', 'code', 'no-such-command'],
    0,
    'Error starting handler: exec: "no-such-command": executable file not found in $PATH\n',
  ],
])('%j', async (argv, code, stderr) => {
  expect(await agent.run(...argv)).toEqual({ code, stdout: '', stderr });
});

test('a semaphore lets as many in as it says, and a dead holder counts no more', async () => {
  const hold = (name: string) => agent.begin('lock', '-n=2', 'pool', `touch ${agent.path(name)}; exec sleep 60`);
  const one = hold('one');
  await agent.until(() => existsSync(agent.path('one')));
  const two = hold('two');
  await agent.until(() => existsSync(agent.path('two')));
  const three = hold('three');
  await agent.until(async () => (await sessions()).length === 3);
  expect(existsSync(agent.path('three'))).toBe(false);
  one.terminal.pressCtrlC();
  expect(await one.ended).toBe(0);
  await agent.until(() => existsSync(agent.path('three')));
  two.terminal.pressCtrlC();
  three.terminal.pressCtrlC();
  expect(await Promise.all([two.ended, three.ended])).toEqual([0, 0]);
  expect(await agent.get('/v1/kv/pool?recurse')).toBe('');
});

test('a key that is something else is not taken for a lock', async () => {
  await agent.put('/v1/kv/odd/.lock', 'data');
  expect(await agent.run('lock', 'odd', 'true')).toMatchObject({
    code: 1,
    stderr: 'Lock acquisition failed: Existing key does not match lock use\n',
  });
  expect(await agent.run('lock', '-n=2', 'odd', 'true')).toMatchObject({
    code: 1,
    stderr: 'Lock acquisition failed: Existing key does not match semaphore use\n',
  });
  expect(await sessions()).toEqual([]);
});

test('holders must agree on the limit', async () => {
  const holder = agent.begin('lock', '-n=3', 'limit', `touch ${agent.path('limit')}; exec sleep 60`);
  await agent.until(() => existsSync(agent.path('limit')));
  expect(await agent.run('lock', '-n=2', 'limit', 'true')).toMatchObject({
    code: 1,
    stderr: 'Lock acquisition failed: semaphore limit conflict (lock: 3, local: 2)\n',
  });
  holder.terminal.pressCtrlC();
  expect(await holder.ended).toBe(0);
});
