import { run } from '../src/run';
import { FakeTerminal } from './fake-terminal';
import { RecordedAgent } from './golden/recorded-agent';

// The agent, its logger and its metrics take longer to load than a short command takes to run.
jest.mock('@tribune/launcher', () => {
  throw new Error('the launcher was loaded');
});
jest.mock('@tribune/platform', () => {
  throw new Error('the platform was loaded');
});

test.each(['version', 'keygen', 'kv get -h', 'no-such-command'])('%s loads no agent', async (line) => {
  expect([0, 127]).toContain(await run(line.split(' '), new FakeTerminal()));
});

test('neither does a request', async () => {
  const answer = '[{"Key":"k","Value":"dg==","Flags":0,"LockIndex":0,"CreateIndex":1,"ModifyIndex":1}]';
  const agent = await RecordedAgent.start([{ method: 'GET', url: '/v1/kv/k', status: 200, answer }]);
  const terminal = new FakeTerminal({ env: { TRIBUNE_HTTP_ADDR: agent.address } });
  expect(await run(['kv', 'get', 'k'], terminal)).toBe(0);
  expect(terminal.stdout).toBe('v\n');
  await agent.stop();
});
